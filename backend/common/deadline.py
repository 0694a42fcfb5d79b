"""A deadline for each request: a database that fell silent costs an answer, and no thread for longer than that.

Only requests have a deadline. Engines, workers and commands wait for the database as long as it takes.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from backend.common.circuit import Circuit

REQUEST_SECONDS = 60.0
SILENCE_SECONDS = 3.5
STATEMENT_SECONDS = 3.0
"""The server ends a statement itself after this long, so that only one that is stopped or cut off is ever silent."""
SILENT = Circuit(seconds=1)
"""Open after a silence: the requests that queued behind it are refused at once instead of waiting one after another."""


@dataclass
class Deadline:
    """The end of one request's patience, on the monotonic clock."""

    ends_at: float

    def seconds_to_wait(self) -> float:
        """Return how long the next answer of the database may take; nothing is left once it has been silent."""
        return min(SILENCE_SECONDS, max(self.ends_at - time.monotonic(), 0.0))

    def give_up(self) -> None:
        """Let this request ask nothing any more, and others nothing for a moment."""
        self.ends_at = 0.0
        SILENT.trip()


current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)
"""The deadline of the request this thread is answering; None in commands, engines and workers."""


class DeadlineMiddleware:
    """Gives each request its deadline."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request within it."""
        noted = current.set(Deadline(0.0 if SILENT.is_open else time.monotonic() + REQUEST_SECONDS))
        try:
            return self.get_response(request)
        finally:
            current.reset(noted)
