"""The id of a request: in its answer, in every line the log has about it, and in a problem that its sender quotes."""

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")

answered: ContextVar[str] = ContextVar("answered", default="")
"""The id of the request that this thread is answering; empty in commands and workers."""


class RequestIdMiddleware:
    """Gives each request an id: the one that its sender or a proxy gave it, if it is one, else a new one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request under its id."""
        given = request.headers.get(HEADER, "")
        request_id = given if GIVEN.fullmatch(given) else uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        noted = answered.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            answered.reset(noted)
        response.headers[HEADER] = request_id
        return response


class RequestIdFilter(logging.Filter):
    """Adds to each line of a log `asked`: the id of its request in brackets, nothing where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add it; Django names the request itself in what it says once the answer is made."""
        request_id = getattr(getattr(record, "request", None), "request_id", answered.get())
        record.asked = f" [{request_id}]" if request_id else ""
        return True
