"""Mails with a link that is made only now: it lies in no table and no log, and is told to nobody but the address."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.accounts.services import RESET_GOOD_FOR, reset_token
from backend.common.models import OutboxMessage
from backend.common.moments import moment_in
from backend.common.waits import Growth, TooSoon, try_count
from backend.notifications.carrying import Mail
from backend.notifications.messages import branded
from backend.organisation.models import ContactChannel, Person
from backend.organisation.readers import language_of, zone_of
from backend.organisation.selectors.invitations import INVITATION_GOOD_FOR
from backend.organisation.selectors.reachable import may_be_reached
from backend.organisation.services.invitations import invitation_token

DAY = timedelta(days=1)
RESETS_OF_ACCOUNT = Growth(kind="resets-of-account", free=8, first=timedelta(minutes=10), longest=DAY, kept=DAY)


def invitation_send(*, message: OutboxMessage, now: datetime) -> None:
    """Send an invitation in the person's language, unless they have an account by now, have left, or it is too late."""
    people = Person.objects.filter(may_be_reached(at=now))
    rows = ContactChannel.objects.filter(person__in=people).select_related("person__school", "person__bureau")
    channel = rows.filter(id=message.payload["channel"], person__user__isnull=True).first()
    ends_at = message.created_at + INVITATION_GOOD_FOR
    if channel is None or now >= ends_at:
        return
    person = channel.person
    link = link_with(
        "portal:invitation",
        invitation_token(
            channel=channel, asked_at=message.created_at, is_confirmed=message.payload.get("confirmed", False)
        ),
    )
    with translation.override(language_of(person)):
        body = _(
            "Hello %(name)s,\n\n"
            "%(employer)s uses Allclear to report incidents and hazards and to take care of them. "
            "Please open your account now: choose a user name and a password here.\n\n"
            "%(link)s\n\n"
            "The link works once, until %(until)s. After that, ask your administrator for a new one.\n"
            "If you do not work there, you need not do anything.\n"
        ) % {
            "name": person.name,
            "employer": person.school or person.bureau,
            "link": link,
            "until": _until(ends_at, person),
        }
        _mail(message, branded(_("open your account")), body, [channel.address])


def password_reset_send(*, message: OutboxMessage, now: datetime) -> None:
    """Send each account its link to a new password, to all verified addresses of its owner, unless the hour is over."""
    ends_at = message.created_at + RESET_GOOD_FOR
    if now >= ends_at:
        return
    device = message.payload.get("device", "")
    people = Person.objects.filter(user__in=message.payload["users"], user__is_active=True)
    for person in people.select_related("user", "school").order_by("id"):
        channels = person.channels.filter(kind=ContactChannel.Kind.EMAIL, verified_at__isnull=False)
        addresses = list(channels.order_by("id").values_list("address", flat=True))
        if person.user is not None and addresses and _is_within_limit(person.user, device, now):
            _reset_mail(message, person, person.user, addresses)


def _is_within_limit(user: User, device: str, now: datetime) -> bool:
    """Count a mail for an account: its owner's name and addresses can each be asked for, by anybody.

    Whoever asks at a device where the account has signed in has tries of their own.
    """
    try:
        try_count(growth=RESETS_OF_ACCOUNT, who=f"{user.pk}\n{device}" if device else str(user.pk), now=now)
    except TooSoon:
        return False
    return True


def _reset_mail(message: OutboxMessage, person: Person, user: User, addresses: list[str]) -> None:
    link = link_with("portal:password_reset", reset_token(user=user, asked_at=message.created_at))
    with translation.override(language_of(person)):
        body = _(
            "Hello %(name)s,\n\n"
            "somebody asked for a new password for your account “%(username)s”. To set one, open this link.\n\n"
            "%(link)s\n\n"
            "It works once, until %(until)s.\n"
            "If it was not you, do nothing: your password stays as it is.\n"
        ) % {
            "name": person.name,
            "username": user.username,
            "link": link,
            "until": _until(message.created_at + RESET_GOOD_FOR, person),
        }
        _mail(message, branded(_("set a new password")), body, addresses, part=f".{user.pk}")


def _mail(message: OutboxMessage, subject: str, body: str, addresses: list[str], *, part: str = "") -> None:
    # The same at every attempt, so that a repeat can be recognised.
    headers = {"Message-ID": f"<link.{message.pk}{part}@allclear>"}
    Mail(subject=subject, body=body, to=addresses, headers=headers).send()


def link_with(page: str, token: str) -> str:
    """Return the whole address of a page with a token."""
    return f"{settings.PUBLIC_URL}{reverse(page)}?{urlencode({'token': token})}"


def _until(instant: datetime, person: Person) -> str:
    return moment_in(at=instant, zone=zone_of(person))
