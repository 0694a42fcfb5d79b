"""Addresses that somebody else enters or removes; what is entered counts once its owner confirmed it with a code."""

from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, uuid4, uuid5

from django.db import transaction

from backend.accounts.services.news import News, account_news_add
from backend.common.identities import identity_of
from backend.common.mail_addresses import mail_address_of
from backend.common.outbox import OutboxDraft, outbox_add
from backend.common.recording import ROWS_AT_ONCE, bulk_record
from backend.organisation.actors import Actor
from backend.organisation.models import ContactChannel, PendingPower, Power
from backend.organisation.selectors.powers import guarded_roles, people_behind_seals, people_reached
from backend.organisation.services.powers import PowerChange, powers_ask, powers_tell

TOPIC = "people.address_changed"
TOLD_AGAIN_AFTER = 3600
"""Seconds in which an address that is entered again hears nothing new."""


@transaction.atomic(savepoint=False)
def addresses_enter(*, by: Actor | None, channels: Sequence[ContactChannel], now: datetime) -> int:
    """Enter addresses for people, unconfirmed, in a few statements; return how many wait for a second person instead.

    Who has an account or an address that counts hears of it there, and the new address does.
    """
    if not channels:
        return 0
    people = [row.person for row in channels]
    sealed = people_behind_seals(people=people, now=now)
    reached = people_reached(people=people)
    told = [row for row in channels if row.person_id in reached]
    addresses_tell(channels=told, what=Power.ADDRESS, now=now)
    entered = [row for row in channels if row.person_id not in sealed]
    ContactChannel.objects.bulk_create(entered, batch_size=ROWS_AT_ONCE)
    bulk_record(before=[None] * len(entered), after=entered)
    powers_tell(changes=[_entered(by, row) for row in told if row.person_id not in sealed], now=now)
    waiting = [_entered(by, row) for row in channels if row.person_id in sealed]
    return len(powers_ask(changes=waiting, now=now))


@transaction.atomic(savepoint=False)
def address_remove(*, by: Actor | None, channel_id: int, now: datetime) -> None:
    """Remove an address of somebody; it hears of it a last time if it counted."""
    channel = ContactChannel.objects.select_related("person").select_for_update(of=("self",)).get(id=channel_id)
    powers_tell(changes=[PowerChange(Power.ADDRESS_REMOVED, channel.person, by)], now=now)
    if channel.verified_at is not None:
        addresses_tell(channels=[channel], what=Power.ADDRESS_REMOVED, now=now)
    channel.delete()


def own_address_tell(*, channel: ContactChannel, what: Power, now: datetime) -> None:
    """Tell of an address that somebody with power confirmed or removed themselves, in case it was not they."""
    if not guarded_roles(person_ids=[channel.person_id], now=now):
        return
    powers_tell(changes=[PowerChange(what, channel.person, None, is_own=True)], now=now)
    if what is Power.ADDRESS_REMOVED and channel.verified_at is not None:
        addresses_tell(channels=[channel], what=what, now=now)


def owner_tell(*, channel: ContactChannel, what: News, now: datetime) -> None:
    """Tell the owner of an account at the addresses that counted before that one was added or removed."""
    person = channel.person
    if person.user is None:
        return
    mail = person.channels.filter(kind=ContactChannel.Kind.EMAIL, verified_at__isnull=False).order_by("id")
    before = [row.address for row in mail if what is News.ADDRESS_REMOVED or row.pk != channel.pk]
    # Whoever holds the address of a robot can write there, so it stands in no mail.
    address = channel.address if channel.kind == ContactChannel.Kind.EMAIL else channel.get_kind_display()
    if before:
        account_news_add(user=person.user, what=what, now=now, addresses=before, address=address)


def _entered(by: Actor | None, row: ContactChannel) -> PowerChange:
    change = {"kind": row.kind, "address": row.address}
    return PowerChange(Power.ADDRESS, row.person, by, what=f"{row.kind}:{row.address}"[:500], change=change)


def address_apply(*, pending: PendingPower, now: datetime) -> None:
    """Enter the address that a second person confirmed; its owner still has to confirm it with a code."""
    del now
    address = mail_address_of(pending.change["address"])
    ContactChannel.objects.get_or_create(
        person=pending.person,
        kind=pending.change["kind"],
        address__identity=identity_of(address),
        defaults={"address": address},
    )


def addresses_tell(*, channels: Sequence[ContactChannel], what: Power, now: datetime) -> None:
    """Write to addresses themselves; the message carries the address, since its row may be gone when it is sent.

    An address that is entered again and again hears of it once in an hour.
    """
    drafts = [
        OutboxDraft(
            TOPIC,
            _key(row, what, now),
            {"person": str(row.person_id), "kind": row.kind, "address": row.address, "what": what},
        )
        for row in channels
    ]
    outbox_add(drafts=drafts, now=now)


def _key(row: ContactChannel, what: Power, now: datetime) -> str:
    if what is not Power.ADDRESS:
        return f"{TOPIC}:{uuid4()}"
    address = uuid5(NAMESPACE_URL, identity_of(row.address)).hex
    return f"{TOPIC}:{what}:{row.person_id}:{address}:{int(now.timestamp()) // TOLD_AGAIN_AFTER}"
