"""Checking a name and a password, for pages and API alike; ten wrong ones lock the name for a quarter of an hour."""

from typing import Any

from axes.utils import reset
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from backend.accounts.models import User, username_normalised
from backend.common.errors import DomainError


class CredentialsWrong(DomainError):
    """No open account has this name and this password."""

    code = "credentials_wrong"
    status = 401
    title = _("User name or password is not right. Please try again.")


class SignInLocked(DomainError):
    """Too many wrong passwords for this name."""

    code = "sign_in_locked"
    status = 429
    title = _("Too many wrong passwords. Wait fifteen minutes and try again, or ask your administrator.")
    retry_after = int(settings.AXES_COOLOFF_TIME.total_seconds())


def credentials_check(*, request: HttpRequest | Request, username: str, password: str) -> User:
    """Return the account; raise CredentialsWrong or SignInLocked. Signs nobody in."""
    user = authenticate(request, username=username_normalised(username), password=password)
    if isinstance(user, User):
        return user
    if getattr(request, "axes_locked_out", False):
        request.axes_locked_out = False  # type: ignore[union-attr]  # our caller answers, not the middleware
        raise SignInLocked
    raise CredentialsWrong


def lockout_username(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """Return the name a failed sign-in counts for, in its one spelling (AXES_USERNAME_CALLABLE)."""
    typed = (credentials or {}).get("username") or request.POST.get("username")
    return username_normalised(typed) if isinstance(typed, str) else None


def lock_release(*, username: str) -> None:
    """Forget the wrong passwords of a name whose owner has just proved who they are."""
    reset(username=username_normalised(username))
