"""A deadline for each request: a database that fell silent costs an answer, and no thread for longer than that.

Only requests have a deadline. Engines, workers and commands wait for the database as long as it takes.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import psycopg
from django.http import HttpRequest, HttpResponse
from psycopg.abc import PQGen

from backend.common.circuit import Circuit

Answer = TypeVar("Answer")
REQUEST_SECONDS = 60.0
SILENCE_SECONDS = 3.5
STATEMENT_SECONDS = 3.0
"""The server ends a statement itself after this long, so that only one that is stopped or cut off is ever silent."""
STATEMENT_OPTION = f"-c statement_timeout={int(STATEMENT_SECONDS * 1000)}"
INTERVAL = 0.1
WORDS = "The server was silent for too long."
SILENT = Circuit(seconds=1)
"""Open after a silence: the requests that queued behind it are refused at once instead of waiting one after another."""


@dataclass
class LastWord:
    """The instant at which the server was heard last by any request of this process, on the monotonic clock."""

    at: float = 0.0


LAST_WORD = LastWord()


@dataclass
class Deadline:
    """The end of one request's patience, on the monotonic clock."""

    ends_at: float

    def seconds_to_wait(self) -> float:
        """Return how long the next answer of the database may take; nothing is left once it has been silent."""
        return min(SILENCE_SECONDS, max(self.ends_at - time.monotonic(), 0.0))

    def give_up(self, *, waiting_since: float) -> None:
        """Let this request ask nothing any more, and others nothing for a moment where nobody was answered meanwhile.

        Where somebody was, the silence is over, or was one connection's alone.
        """
        self.ends_at = 0.0
        if LAST_WORD.at < waiting_since:
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


class PatientConnection(psycopg.Connection[Any]):
    """Waits within the deadline of the present request; where there is none, as long as it takes.

    A stopped server keeps its sockets open and acknowledges what arrives, so no timeout of the socket's own ever ends.
    """

    @classmethod
    def connect(cls, conninfo: str = "", **options: Any) -> Self:
        """Connect within the deadline, if there is one, and let the server end long statements by itself."""
        deadline = current.get()
        if deadline is None:
            return super().connect(conninfo, **options)
        if not deadline.seconds_to_wait():
            raise psycopg.OperationalError(WORDS)
        options["options"] = f"{options.get('options') or ''} {STATEMENT_OPTION}".strip()
        since = time.monotonic()
        try:
            connected = super().connect(conninfo, **options)
        except psycopg.errors.ConnectionTimeout:
            deadline.give_up(waiting_since=since)
            raise
        LAST_WORD.at = time.monotonic()
        return connected

    def wait(self, gen: PQGen[Answer], interval: float = INTERVAL, timeout: float | None = None) -> Answer:
        """Wait for an answer; after the deadline close the connection, since what was asked may yet be answered."""
        deadline = current.get()
        if deadline is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        seconds, since = deadline.seconds_to_wait(), time.monotonic()
        try:
            if seconds:
                answer = super().wait(gen, interval, seconds)
                LAST_WORD.at = time.monotonic()
                return answer
        except psycopg.errors._WaitTimeout:  # noqa: SLF001 - the driver's own waits raise it to whoever gave a timeout
            deadline.give_up(waiting_since=since)
        self.close()
        raise psycopg.OperationalError(WORDS)
