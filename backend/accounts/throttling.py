"""Limits on attempts to sign in under one name, and on requests for a new password for it."""

import hashlib

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.accounts.models import username_normalised
from backend.common.throttling import WindowThrottle


class SignInThrottle(WindowThrottle):
    """Counts attempts by the name typed, never by address: a whole school shares one."""

    scope = "sign_in"

    def ident(self, request: Request) -> str | None:
        """Return a hash of the name; a request without one is refused later anyway."""
        username = request.data.get("username") if isinstance(request.data, dict) else None
        return _hashed(username) if isinstance(username, str) else None


class ResetThrottle(WindowThrottle):
    """Counts requests for a new password by the name or address typed, whether it exists or not."""

    scope = "password_reset"

    def __init__(self, asked: str) -> None:
        self.asked = asked

    def ident(self, request: Request) -> str | None:  # noqa: ARG002 - given by the framework
        """Return a hash of what was typed."""
        return _hashed(self.asked)


def reset_allowed(*, request: HttpRequest, asked: str) -> bool:
    """Count a request for a new password from a page, and say whether it is within the rate."""
    return ResetThrottle(asked).allow_request(Request(request), APIView())


def _hashed(typed: str) -> str:
    return hashlib.sha256(username_normalised(typed).encode()).hexdigest()
