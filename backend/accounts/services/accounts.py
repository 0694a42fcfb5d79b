"""Writes on accounts."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from backend.accounts.links import LinkDead, link_content, link_token
from backend.accounts.models import User
from backend.accounts.passwords import password_check
from backend.accounts.services.sign_ins import sign_ins_end_others
from backend.common.errors import Conflict

RESET_PURPOSE = "password-reset"
RESET_GOOD_FOR = timedelta(hours=1)


class UsernameTaken(Conflict):
    """Another account has this name already."""

    code = "username_taken"
    title = _("This user name is already in use. Please choose another one.")


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


def user_change_password(
    *, user: User, password: str, about: Collection[str] = (), session_key: str | None = None
) -> None:
    """Set a new password and end every session, but the one in use if it is named, and token. Raises PasswordWeak."""
    password_check(password=password, about=[user.username, *about])
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        sign_ins_end_others(user=user, session_key=session_key)


@transaction.atomic
def user_sign_out(*, user: User) -> None:
    """End every session and token of an account, and its password; opened again, it needs a new one."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    sign_ins_end_others(user=user)


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
