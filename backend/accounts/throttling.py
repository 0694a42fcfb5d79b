"""The limit on attempts to sign in under one name over the API from one device or address, right or wrong."""

import hashlib

from rest_framework.request import Request

from backend.accounts.devices import source_of
from backend.accounts.models import username_normalised
from backend.common.throttling import WindowThrottle


class SignInThrottle(WindowThrottle):
    """Counts attempts by the name typed and where they come from: a whole school shares one address.

    So strangers who try somebody's name keep nobody out but strangers there, and never a device that is known.
    """

    scope = "sign_in"

    def ident(self, request: Request) -> str | None:
        """Return a hash of name and source; a request without a name is refused later anyway."""
        username = request.data.get("username") if isinstance(request.data, dict) else None
        if not isinstance(username, str):
            return None
        source = source_of(request=request, username=username)
        return hashlib.sha256(f"{username_normalised(username)}\n{source.name}".encode()).hexdigest()
