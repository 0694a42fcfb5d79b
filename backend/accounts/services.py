"""Writes on accounts and their tokens."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken, get_digest_token
from knox.settings import CONSTANTS, knox_settings

from backend.accounts.models import User
from backend.common.errors import Conflict, Invalid

EXPIRED_KEPT = timedelta(days=7)
MOST_TOKENS = 50


class UsernameTaken(Conflict):
    """Another account has this name already."""

    code = "username_taken"
    title = _("This user name is already in use. Please choose another one.")


class PasswordWeak(Invalid):
    """The password does not hold against guessing."""

    code = "password_weak"
    title = _("This password is too easy to guess. Please choose a longer one.")


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token in clear, which nobody can read again later, and the instant it ends."""

    token: str
    expires_at: datetime


def user_create(*, username: str, password: str | None, language: str = User.Language.CHINESE) -> User:
    """Open an account; without a password nobody can sign in with one. Raises PasswordWeak or UsernameTaken."""
    if password is not None:
        _check_password(password)
    try:
        with transaction.atomic():
            return User.objects.create_user(username, password, language=language)
    except IntegrityError as error:
        raise UsernameTaken(pointer="/username") from error


def user_change_password(*, user: User, password: str) -> None:
    """Set a new password and end every token of the account. Raises PasswordWeak."""
    _check_password(password, user)
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        AuthToken.objects.filter(user=user).delete()


def user_choose_language(*, user: User, language: str) -> None:
    """Remember the language the account's owner reads."""
    user.language = User.Language(language)
    user.save(update_fields=["language"])


def token_issue(*, user: User, now: datetime) -> IssuedToken:
    """Give the account a token for the configured time; long-expired ones and all beyond the newest 50 go."""
    digest, token = get_digest_token()
    expires_at = now + knox_settings.TOKEN_TTL
    with transaction.atomic():
        tokens = AuthToken.objects.filter(user=user)
        tokens.filter(expiry__lt=now - EXPIRED_KEPT).delete()
        newest = tokens.order_by("-created", "digest").values("pk")[: MOST_TOKENS - 1]
        tokens.exclude(pk__in=newest).delete()
        AuthToken(digest=digest, token_key=token[: CONSTANTS.TOKEN_KEY_LENGTH], user=user, expiry=expires_at).save(
            force_insert=True
        )
    return IssuedToken(token, expires_at)


def token_end(*, token: AuthToken) -> None:
    """End one token at once."""
    token.delete()


def _check_password(password: str, user: User | None = None) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordWeak(" ".join(error.messages), pointer="/password") from error
