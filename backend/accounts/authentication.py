"""Authentication of API requests by an expiring token, which is stored as a hash and found with one query."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed

from backend.accounts.models import User
from backend.accounts.services.sign_ins import sign_in_used

NOTED_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Behind:
    """A token as it was found: its account, and when it was given, used last and asked for."""

    account: User
    has_expired: bool
    asked_at: datetime
    last_used_at: datetime | None
    proved_at: datetime | None


class TokenSelector(Protocol):
    """Finds what stands behind a token; `actor` of its account is who acts, None for no staff member."""

    def __call__(self, *, digest: str) -> Behind | None:
        """Return it by the token's digest, None for no such token."""


class TokenInvalid(AuthenticationFailed):
    """No such token, or its account is closed."""

    default_code = "token_invalid"
    default_detail = _("This sign-in is not valid. Please sign in again.")


class TokenExpired(AuthenticationFailed):
    """The token was good, but its time is over."""

    default_code = "token_expired"
    default_detail = _("Your sign-in has expired. Please sign in again.")


class TokenAuthentication(KnoxTokenAuthentication):  # type: ignore[misc]
    """`Authorization: Token …`; the database's clock decides whether it is expired."""

    def authenticate(self, request: Any) -> tuple[User, AuthToken] | None:
        """Return the account and token, None without such a header; raise TokenInvalid or TokenExpired."""
        try:
            result: tuple[User, AuthToken] | None = super().authenticate(request)
        except (TokenInvalid, TokenExpired):
            raise
        except AuthenticationFailed as error:  # a malformed header
            raise TokenInvalid from error
        return result

    def authenticate_credentials(self, token: bytes) -> tuple[User, AuthToken]:
        """Return the account and token of these characters."""
        try:
            digest = hash_token(token.decode("ascii"))
        except UnicodeDecodeError as error:
            raise TokenInvalid from error
        # Named by settings: who acts is read with the account, and rosters stand above this room.
        find: TokenSelector = import_string(settings.TOKEN_SELECTOR)
        found = find(digest=digest)
        if found is None or not found.account.is_active:
            raise TokenInvalid
        if found.has_expired:
            raise TokenExpired
        if found.last_used_at is not None and found.asked_at - found.last_used_at > NOTED_EVERY:
            sign_in_used(token_digest=digest, now=found.asked_at)
        user = found.account
        user.proved_at = found.proved_at  # type: ignore[attr-defined]
        return user, AuthToken(digest=digest, user=user)


class PageAuthentication(SessionAuthentication):
    """The session of somebody who signed in at the pages, for what their scripts and pictures ask of the API.

    Whatever changes something needs the CSRF token of the page too.
    """
