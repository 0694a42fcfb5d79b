"""Writing to an address itself: that it was entered or removed for somebody, or that their account was closed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from backend.common.models import OutboxMessage
from backend.notifications.carrying import Carrier
from backend.notifications.messages import Message, branded
from backend.organisation.models import ContactChannel, PendingPower, Person, Power
from backend.organisation.readers import language_of
from backend.organisation.selectors.invitations import INVITATION_GOOD_FOR
from backend.organisation.selectors.reachable import may_be_reached


def address_change_send(*, message: OutboxMessage, now: datetime) -> None:
    """Send it to the address that the outbox row names, since the channel may be gone; not after a week.

    Nobody is asked to confirm an address that they confirmed, that was taken away again, or of somebody who left.
    """
    told = message.payload
    person = Person.objects.select_related("user", "school", "bureau").filter(id=told["person"]).first()
    if person is None or now >= message.created_at + INVITATION_GOOD_FOR:
        return
    channel = ContactChannel(person=person, kind=told["kind"], address=told["address"])
    if told["what"] not in WORDS and not _waits(channel, now):
        return
    with translation.override(language_of(person)):
        words = WORDS.get(told["what"], _entered)(person)
    with Carrier() as carrier:
        carrier.carry(channel=channel, message=words, message_id=uuid5(NAMESPACE_URL, message.dedup_key))


def _waits(channel: ContactChannel, now: datetime) -> bool:
    """Say whether an address that was entered still waits for its owner, or for a second person before that."""
    same = {"kind": channel.kind, "address": channel.address}
    may_sign_in = Person.objects.filter(may_be_reached(at=now), id=channel.person_id).exists()
    entered = ContactChannel.objects.filter(person=channel.person_id, verified_at=None, **same)
    asked = PendingPower.objects.filter(
        person=channel.person_id, kind=Power.ADDRESS, change=same, outcome=PendingPower.Outcome.WAITING
    )
    return may_sign_in and (entered.exists() or asked.exists())


def _removed(person: Person) -> Message:
    return Message(
        branded(_("this address was removed")),
        _(
            "This address no longer reaches %(name)s about safety reports of %(employer)s. If that is not right, "
            "please tell the school's principal or student protection lead at once."
        )
        % {"name": person.name, "employer": person.school or person.bureau},
    )


def _closed(person: Person) -> Message:
    return Message(
        branded(_("your account was closed")),
        _(
            "The account of %(name)s at %(employer)s was closed. Nothing more is sent to this address. If that is not "
            "right, please tell the school's principal or student protection lead at once."
        )
        % {"name": person.name, "employer": person.school or person.bureau},
    )


WORDS: Mapping[str, Callable[[Person], Message]] = {
    Power.ADDRESS_REMOVED: _removed,
    Power.SIGN_IN_CLOSED: _closed,
}
"""By what happened; in any other case an address was entered."""


def _entered(person: Person) -> Message:
    return Message(
        branded(_("this address was entered for you")),
        _(
            "Somebody entered this address to tell %(name)s about safety reports of %(employer)s. It is not used yet. "
            "If you are %(name)s, sign in and confirm it with a code at %(link)s. If you are not, you need not do "
            "anything."
        )
        % {
            "name": person.name,
            "employer": person.school or person.bureau,
            "link": f"{settings.PUBLIC_URL}/settings/channels",
        },
    )
