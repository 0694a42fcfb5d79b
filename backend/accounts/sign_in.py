"""Checking a name and a password, for pages and API alike; wrong ones slow down further tries from the same source."""

from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from backend.accounts.devices import source_of
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
    who = _who(username, source.name)
    try_count(growth=WRONG_PASSWORDS, who=who, now=now, refusal=SignInWaits)
    with try_taken_back(growth=WRONG_PASSWORDS, who=who, now=now), hashing_for(is_known=source.is_known):
        user = authenticate(request, username=username_normalised(username), password=password)
    if not isinstance(user, User):
        raise CredentialsWrong
    tries_forget(growth=WRONG_PASSWORDS, who=who)
    return user


def wait_end(*, request: HttpRequest | Request, username: str) -> None:
    """Forget the wrong passwords typed here under a name whose owner has just proved who they are."""
    source = source_of(request=request, username=username)
    tries_forget(growth=WRONG_PASSWORDS, who=_who(username, source.name))


def _who(username: str, source: str) -> str:
    return f"{username_normalised(username)}\n{source}"


def factor_source(request: HttpRequest | Request, user: User) -> str:
    """Return what to count codes of a second factor by: a known device, or all others together."""
    source = source_of(request=request, username=user.username)
    return source.name if source.is_known else "others"
