"""Checking a name and a password, for pages and API alike; wrong ones slow down further tries from the same source."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from backend.accounts.devices import Source, source_of
from backend.accounts.hashing import hashing_for
from backend.accounts.models import User, username_normalised
from backend.common.errors import DomainError
from backend.common.waits import Growth, TooSoon, tries_forget, try_count, try_taken_back

WRONG_PASSWORDS = Growth(
    kind="sign-in",
    free=5,
    first=timedelta(seconds=5),
    longest=timedelta(minutes=15),
    kept=timedelta(days=1),
)
WRONG_PASSWORDS_NEARBY = replace(WRONG_PASSWORDS, kind="sign-in-network", free=25)
"""The same for all of a customer's network of IPv6 together: more people may be there, and far more addresses."""


class CredentialsWrong(DomainError):
    """No open account has this name and this password."""

    code = "credentials_wrong"
    status = 401
    title = _("User name or password is not right. Please try again.")


class SignInWaits(TooSoon):
    """Too many wrong passwords for this name from this device or address."""

    code = "sign_in_locked"
    title = _("Too many wrong passwords from here. Please wait %(wait)s and try again.")


def credentials_check(*, request: HttpRequest | Request, username: str, password: str, now: datetime) -> User:
    """Return the account; raise CredentialsWrong, SignInWaits or HashingBusy. Signs nobody in.

    The try is counted before the password is looked at, so that many at once are not more than as many in a row.
    """
    source = source_of(request=request, username=username)
    counted = _counted(username, source)
    with ExitStack() as tries:
        for growth, who in counted:
            try_count(growth=growth, who=who, now=now, refusal=SignInWaits)
            tries.enter_context(try_taken_back(growth=growth, who=who, now=now))
        tries.enter_context(hashing_for(is_known=source.is_known))
        user = authenticate(request, username=username_normalised(username), password=password)
    if not isinstance(user, User):
        raise CredentialsWrong
    for growth, who in counted:
        tries_forget(growth=growth, who=who)
    return user


def wait_end(*, request: HttpRequest | Request, username: str) -> None:
    """Forget the wrong passwords typed here under a name whose owner has just proved who they are."""
    for growth, who in _counted(username, source_of(request=request, username=username)):
        tries_forget(growth=growth, who=who)


def _counted(username: str, source: Source) -> list[tuple[Growth, str]]:
    name = username_normalised(username)
    counted = [(WRONG_PASSWORDS, f"{name}\n{source.name}")]
    return [*counted, (WRONG_PASSWORDS_NEARBY, f"{name}\n{source.network}")] if source.network else counted


def factor_source(request: HttpRequest | Request, user: User) -> str:
    """Return what to count codes of a second factor by: a known device, or all others together."""
    source = source_of(request=request, username=user.username)
    return source.name if source.is_known else "others"
