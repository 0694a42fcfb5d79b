"""Mails to the owner of an account about what happened to it, in their language and their school's time."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.services.news import News
from backend.common.mail_addresses import mail_address_shown
from backend.common.models import OutboxMessage
from backend.common.moments import moment_in
from backend.notifications.carrying import Mail
from backend.organisation.models import ContactChannel, Person
from backend.organisation.readers import language_of, zone_of

GOOD_FOR = timedelta(days=7)
SUBJECTS: Mapping[News, Promise] = {
    News.NEW_DEVICE: gettext_lazy("Allclear: a new device signed in to your account"),
    News.PASSWORD: gettext_lazy("Allclear: your password was changed"),
    News.ADDRESS_ADDED: gettext_lazy("Allclear: an address was added to your account"),
    News.ADDRESS_REMOVED: gettext_lazy("Allclear: an address was removed from your account"),
    News.FACTOR_ADDED: gettext_lazy("Allclear: your account has a new second factor"),
    News.FACTOR_REMOVED: gettext_lazy("Allclear: a second factor of your account was removed"),
    News.FACTORS_RESET: gettext_lazy("Allclear: the second factor of your account was reset"),
    News.RECOVERY_USED: gettext_lazy("Allclear: a recovery code of your account was used"),
    News.IDENTITY_LINKED: gettext_lazy("Allclear: another system can sign you in from now on"),
    News.IDENTITY_ENDED: gettext_lazy("Allclear: another system does not sign you in any more"),
}
HAPPENED: Mapping[News, Promise] = {
    News.NEW_DEVICE: gettext_lazy("Somebody signed in to your account on a device that was not used for it before."),
    News.PASSWORD: gettext_lazy("The password of your account was changed. Everywhere else you are signed out."),
    News.ADDRESS_ADDED: gettext_lazy("From now on messages for you go to this address too."),
    News.ADDRESS_REMOVED: gettext_lazy("Messages for you no longer go to this address."),
    News.FACTOR_ADDED: gettext_lazy("Signing in to your account now asks for an app or a passkey that was just added."),
    News.FACTOR_REMOVED: gettext_lazy("An app or a passkey no longer counts when you sign in."),
    News.FACTORS_RESET: gettext_lazy(
        "An administrator took away the app, the passkeys and the recovery codes of your account, and you are signed "
        "out everywhere. Sign in with your password and set a new one up."
    ),
    News.RECOVERY_USED: gettext_lazy("Somebody signed in to your account with one of its recovery codes."),
    News.IDENTITY_LINKED: gettext_lazy("Your account was linked with who you are there. Signing in there opens it."),
    News.IDENTITY_ENDED: gettext_lazy("The link was ended. Signing in there does not open your account any more."),
}


def account_news_send(*, message: OutboxMessage, now: datetime) -> None:
    """Send it to the addresses that the row names, else to all that count; not after a week, nor once it is closed."""
    told = message.payload
    people = Person.objects.select_related("user", "school", "bureau").filter(user=told["user"])
    person = people.first()
    if person is None or person.user is None or not person.user.is_active or now >= message.created_at + GOOD_FOR:
        return
    addresses = told.get("addresses") or mail_addresses(person)
    with translation.override(language_of(person)):
        subject, body = str(SUBJECTS[told["what"]]), "\n".join(_lines(person, told))
    for number, address in enumerate(addresses):
        headers = {"Message-ID": f"<account.{message.pk}.{number}@allclear>", "Auto-Submitted": "auto-generated"}
        Mail(subject=subject, body=body, to=[address], headers=headers).send()


def mail_addresses(person: Person) -> list[str]:
    """Return the e-mail addresses of a person that count."""
    rows = person.channels.filter(kind=ContactChannel.Kind.EMAIL, verified_at__isnull=False)
    return list(rows.order_by("id").values_list("address", flat=True))


def _lines(person: Person, told: Mapping[str, Any]) -> Iterator[str]:
    yield _("Hello %(name)s,") % {"name": person.name}
    yield ""
    yield str(HAPPENED[told["what"]])
    yield ""
    yield from (f"{label}: {value}" for label, value in _facts(person, told) if value)
    yield ""
    yield _("If it was you, you need not do anything.")
    yield _(
        "If it was not you: set a new password at once, end the other sign-ins on the page of your account, and tell "
        "your administrator and the student protection lead."
    )
    yield f"{settings.PUBLIC_URL}{reverse('portal:account')}"


def _facts(person: Person, told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    at = parse_datetime(told["at"])
    yield _("Account"), person.user.username if person.user else ""
    yield _("When"), moment_in(at=at, zone=zone_of(person)) if at else ""
    yield _("Where you sign in"), told.get("system", "")
    yield _("Device"), told.get("device", "")
    yield _("Network"), told.get("network", "")
    yield _("Address"), mail_address_shown(told.get("address", ""))
