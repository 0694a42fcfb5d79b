"""Writes on accounts and their tokens."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken, get_digest_token
from knox.settings import CONSTANTS, knox_settings

from backend.accounts.links import LinkDead, link_content, link_token
from backend.accounts.models import User
from backend.accounts.passwords import password_check
from backend.common.errors import Conflict

RESET_PURPOSE = "password-reset"
RESET_GOOD_FOR = timedelta(hours=1)
EXPIRED_KEPT = timedelta(days=7)
MOST_TOKENS = 50


class UsernameTaken(Conflict):
    """Another account has this name already."""

    code = "username_taken"
    title = _("This user name is already in use. Please choose another one.")


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token in clear, which nobody can read again later, and the instant it ends."""

    token: str
    expires_at: datetime


def user_create(
    *, username: str, password: str | None, language: str = User.Language.CHINESE, about: Collection[str] = ()
) -> User:
    """Open an account; without a password nobody can sign in with one. Raises PasswordWeak or UsernameTaken.

    `about` are words others know of its owner, of which a password must not consist.
    """
    if password is not None:
        password_check(password=password, about=[username, *about])
    try:
        with transaction.atomic():
            return User.objects.create_user(username, password, language=language)
    except IntegrityError as error:
        raise UsernameTaken(pointer="/username") from error


def user_change_password(*, user: User, password: str, about: Collection[str] = ()) -> None:
    """Set a new password and end every token of the account. Raises PasswordWeak."""
    password_check(password=password, about=[user.username, *about])
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        AuthToken.objects.filter(user=user).delete()


def reset_token(*, user: User, asked_at: datetime) -> str:
    """Return the token of a link with which the account's owner sets a new password, good for an hour and once."""
    content = {"user": user.pk, "mark": _mark(user)}
    return link_token(purpose=RESET_PURPOSE, content=content, expires_at=asked_at + RESET_GOOD_FOR)


def reset_user(*, token: str, now: datetime) -> User:
    """Return the account a reset link is for; raise LinkDead, also when the password was changed since."""
    return _user_of_reset(token, now)


def reset_user_lock(*, token: str, now: datetime) -> User:
    """The same, locked until the transaction ends."""
    return _user_of_reset(token, now, lock=True)


def _user_of_reset(token: str, now: datetime, *, lock: bool = False) -> User:
    content = link_content(purpose=RESET_PURPOSE, token=token, now=now)
    rows = User.objects.select_for_update() if lock else User.objects.all()
    user = rows.filter(pk=content["user"], is_active=True).first()
    if user is None or content["mark"] != _mark(user):
        raise LinkDead
    return user


def _mark(user: User) -> str:
    """Return what changes with the password, so that a link dies when it is used."""
    return salted_hmac("allclear.password", user.password, algorithm="sha256").hexdigest()[:32]


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
