"""Authentication of other programs by the token of a service account: `Authorization: Bearer …` (RFC 6750)."""

from urllib.parse import unquote

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from backend.accounts.authentication import TokenInvalid
from backend.integrations.services.calls import Call, Caller, caller_find
from backend.integrations.tokens import LONGEST
from backend.organisation.scopes import is_for_person, scope_of

SCHEME = b"bearer"
PARTS = 2
ON_BEHALF_OF = "On-Behalf-Of"
LONGEST_NUMBER = 400


class ServiceAuthentication(BaseAuthentication):
    """Lets a program in to an operation that one of its scopes opens; every other one is closed to it."""

    def authenticate(self, request: Request) -> tuple[Caller, None] | None:
        """Return who calls, None without such a header; raise what refuses it."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != SCHEME:
            return None
        if len(parts) != PARTS or not parts[1].isascii() or len(parts[1]) > LONGEST:
            raise TokenInvalid
        view = request.parser_context["view"]
        call = Call(
            token=parts[1].decode(),
            on_behalf_of=_named(request.headers.get(ON_BEHALF_OF)),
            operation=f"{request.method} /{request.resolver_match.route if request.resolver_match else ''}",
            scope=scope_of(view=view, method=request.method or ""),
            is_for_person=is_for_person(view=view, method=request.method or ""),
        )
        return caller_find(call=call), None


def _named(header: str | None) -> str | None:
    """Return the staff number in a header, None without one; an empty one is of nobody, never of the account itself."""
    return None if header is None else unquote(header)[:LONGEST_NUMBER].replace("\0", "").strip()
