"""How often anybody may try to sign in under one name."""

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
        if not isinstance(username, str):
            return None
        return hashlib.sha256(username_normalised(username).encode()).hexdigest()
