"""The limit on attempts to sign in under one name over the API, right or wrong."""

import hashlib

from rest_framework.request import Request

from backend.accounts.models import username_normalised
from backend.common.throttling import WindowThrottle


class SignInThrottle(WindowThrottle):
    """Counts attempts by the name typed, never by address: a whole school shares one."""

    scope = "sign_in"

    def ident(self, request: Request) -> str | None:
        """Return a hash of the name; a request without one is refused later anyway."""
        username = request.data.get("username") if isinstance(request.data, dict) else None
        return _hashed(username) if isinstance(username, str) else None


def _hashed(typed: str) -> str:
    return hashlib.sha256(username_normalised(typed).encode()).hexdigest()
