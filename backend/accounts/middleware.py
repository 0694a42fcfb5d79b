"""Noting that a session of the pages is in use, at most once in ten minutes."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from backend.accounts.opening import USED_AT
from backend.accounts.services.sign_ins import sign_in_used
from backend.common.clock import database_now

NOTED_EVERY = 600.0
UNAVAILABLE = 500


class SessionUsedMiddleware:
    """Keeps up when a recorded session was last used; one that carries no such instant is left alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then note."""
        response = self.get_response(request)
        session = request.session
        # Whoever signed out in this request has no session any more, and a database that is away is not asked again.
        is_there = response.status_code < UNAVAILABLE and session.accessed
        if is_there and time.time() - session.get(USED_AT, float("inf")) > NOTED_EVERY:
            now = database_now()
            session[USED_AT] = now.timestamp()
            sign_in_used(session_key=session.session_key, now=now)
        return response
