"""Ceremonies of passkeys over the API: the challenge goes out signed, comes back once, and lies in no session."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from backend.accounts.links import LinkDead, link_content, link_token
from backend.accounts.models import User
from backend.accounts.services.passkeys import Ceremony, passkeys_possible
from backend.common.errors import Conflict, Invalid
from backend.common.waits import Growth, TooSoon, try_count

GOOD_FOR = timedelta(minutes=5)
TAKEN = Growth(kind="passkey-ceremony", free=1, first=GOOD_FOR, longest=GOOD_FOR, kept=GOOD_FOR)


class Purpose(StrEnum):
    """The two things a passkey is asked for."""

    ADD = "passkey-add"
    SIGN_IN = "passkey-sign-in"


class PasskeysImpossible(Conflict):
    """No browser keeps a passkey for the address of this installation."""

    code = "passkeys_impossible"
    title = _("Passkeys need an address with a name and https. Use an app instead, on the pages.")


class CeremonyOver(Invalid):
    """The ceremony was begun too long ago, was answered already, or is somebody else's."""

    code = "ceremony_over"
    title = _("This was begun more than five minutes ago, or was answered already. Please begin again.")


def passkeys_require() -> None:
    """Raise PasskeysImpossible where no browser would keep one."""
    if not passkeys_possible():
        raise PasskeysImpossible


def ceremony_token(*, user: User, purpose: Purpose, ceremony: Ceremony, now: datetime) -> str:
    """Return what has to come back with the answer of the browser, within five minutes and once."""
    content = {"user": user.pk, "challenge": ceremony.challenge}
    return link_token(purpose=purpose, content=content, expires_at=now + GOOD_FOR)


def ceremony_take(*, user: User, purpose: Purpose, token: str, now: datetime) -> str:
    """Return the challenge that the answer has to be about; raise CeremonyOver, also when it was taken before."""
    try:
        content = link_content(purpose=purpose, token=token, now=now)
        if content["user"] != user.pk:
            raise CeremonyOver(pointer="/ceremony")
        try_count(growth=TAKEN, who=content["challenge"], now=now)
    except (LinkDead, TooSoon) as error:
        raise CeremonyOver(pointer="/ceremony") from error
    return str(content["challenge"])
