"""Taking what is due to be sent: the deliveries are the queue themselves, and many channels are claimed at once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.accounts.models import User
from backend.common.retrying import MOST_TRIES
from backend.common.sql.statements import RowQuery, RowUpdate
from backend.notifications.models import Delivery, Notice
from backend.notifications.ringing import rest_before
from backend.notifications.services.falling_back import fall_back
from backend.organisation.addresses import SECRET_AT_END, SIGNED, destination_of
from backend.organisation.models import ContactChannel, Person
from backend.organisation.selectors.reachable import may_be_reached_sql

LEASE = timedelta(minutes=2)
CHANNELS_AT_ONCE = 20
"""So few that all their messages are sent, or given back, long before the lease ends."""
MOST_TOGETHER = 500
# The channel's lock lets one claim at a time gather what goes out by it; what another has just leased is seen anew and
# left out, because the rows themselves are locked too. A channel somebody else holds is passed over. The channels of
# people who share a robot are claimed together.
DUE = RowQuery(
    """
    FROM (
        SELECT free.id FROM organisation_contactchannel AS free
        WHERE free.id = ANY(ARRAY(
            WITH chosen AS (
                SELECT due.channel_id FROM (
                    SELECT channel_id, next_attempt_at FROM notifications_delivery
                    WHERE next_attempt_at <= %(now)s AND channel_id IS NOT NULL ORDER BY next_attempt_at LIMIT 2000
                ) AS due GROUP BY due.channel_id ORDER BY min(due.next_attempt_at) LIMIT %(channels)s
            )
            SELECT channel_id FROM chosen
            UNION
            SELECT same.id FROM chosen JOIN organisation_contactchannel AS one ON one.id = chosen.channel_id
            JOIN organisation_contactchannel AS same ON same.kind = one.kind AND (
                same.address = one.address OR one.kind = ANY(%(signed)s)
                AND regexp_replace(same.address, %(secret)s, '') = regexp_replace(one.address, %(secret)s, '')
            )
            WHERE one.kind <> 'email' AND same.kind <> 'email'
        ))
        FOR NO KEY UPDATE SKIP LOCKED
    ) AS mine
    JOIN organisation_contactchannel AS channel ON channel.id = mine.id
    CROSS JOIN LATERAL (
        SELECT * FROM notifications_delivery AS own
        WHERE own.channel_id = mine.id AND own.next_attempt_at IS NOT NULL
          AND CASE WHEN own.message_id IS NULL THEN own.rings_at ELSE own.next_attempt_at END <= %(now)s
        ORDER BY own.next_attempt_at > %(now)s, own.created_at, own.id LIMIT %(together)s
        FOR NO KEY UPDATE SKIP LOCKED
    ) AS delivery
    JOIN notifications_notice AS notice ON notice.id = delivery.notice_id
    JOIN organisation_person AS person ON person.id = notice.person_id
    LEFT JOIN accounts_user AS account ON account.id = person.user_id
    LEFT JOIN organisation_person AS missing ON missing.id = notice.instead_of_id
    ORDER BY delivery.created_at, delivery.id
    """,
    extras={
        "last_sent_at": "(SELECT max(sent.sent_at) FROM notifications_delivery AS sent"
        " WHERE sent.channel_id = channel.id AND sent.sent_at <= %(now)s)",
        "may_be_reached": may_be_reached_sql("person.id", "%(now)s"),
        "has_orphans": "EXISTS(SELECT FROM notifications_delivery AS lost"
        " WHERE lost.channel_id IS NULL AND lost.next_attempt_at <= %(now)s)",
    },
    delivery=Delivery,
    channel=ContactChannel,
    notice=Notice,
    person=Person,
    account=User,
    missing=Person,
)
LEASED = RowUpdate(Delivery, "message_id", "attempts", "next_attempt_at")
GIVEN_UP = RowUpdate(Delivery, "status", "next_attempt_at", "last_error")


@dataclass(frozen=True, slots=True)
class Parcel:
    """The deliveries that go out as one message: by one channel, or to one robot that several people share."""

    channel: ContactChannel
    message_id: UUID
    deliveries: Sequence[Delivery]

    @property
    def attempts(self) -> int:
        """How often it was tried, this try included."""
        return self.deliveries[0].attempts


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim: the leased messages, whether more may be due, and whether a channel of something due is gone."""

    parcels: Sequence[Parcel]
    is_full: bool
    has_orphans: bool


@transaction.atomic
def parcels_claim(*, now: datetime) -> Claimed:
    """Lease what is due, up to twenty channels, each with all that waits for it; what comes too soon is put off.

    A second try carries exactly what the first did, under the same id. The try is counted before it is made, so that
    a message that kills its worker is given up one day too. Nothing is leased to people who left meanwhile.
    """
    robots = {"signed": list(SIGNED), "secret": SECRET_AT_END.pattern}
    rows = DUE.rows({"now": now, "channels": CHANNELS_AT_ONCE, "together": MOST_TOGETHER, **robots})
    by_destination: dict[object, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["may_be_reached"]:
            by_destination[_destination(row["channel"])].append(row)
    _hand_on([_delivery(row) for row in rows if not row["may_be_reached"]], now)
    parcels = [parcel for own in by_destination.values() for parcel in _parcels(own, now)]
    for parcel in parcels:
        attempts = max(delivery.attempts for delivery in parcel.deliveries) + 1
        for delivery in parcel.deliveries:
            delivery.message_id, delivery.attempts = parcel.message_id, attempts
            delivery.next_attempt_at = now + LEASE
    put_off = [delivery for own in by_destination.values() for delivery in _put_off(own, now)]
    if parcels or put_off:
        LEASED.update([*(delivery for parcel in parcels for delivery in parcel.deliveries), *put_off])
    is_full = len({row["channel"].id for row in rows}) >= CHANNELS_AT_ONCE
    return Claimed(parcels, is_full, has_orphans=not rows or rows[0]["has_orphans"])


def is_given_up(parcel: Parcel) -> bool:
    """Say whether a message was tried as often as any is, and nobody ever said how that went."""
    return parcel.attempts > MOST_TRIES


def _parcels(rows: Sequence[dict[str, Any]], now: datetime) -> Iterator[Parcel]:
    """Yield the messages to one destination: each that is tried again, and one with whatever is new unless it rests."""
    together: dict[UUID | None, list[Delivery]] = defaultdict(list)
    for row in rows:
        together[row["delivery"].message_id].append(_delivery(row))
    fresh = together.pop(None, [])
    if fresh and any(_is_due(row, now) for row in fresh) and _rested_at(fresh, _last_sent_at(rows), now) <= now:
        together[fresh[0].id] = fresh
    # Of people who share a robot one may have typed its secret and another not: with it, it takes the message anyway.
    channel = max((row["channel"] for row in rows), key=lambda one: len(one.address))
    for message_id, deliveries in together.items():
        if message_id is not None:
            yield Parcel(channel, message_id, deliveries)


def _destination(channel: ContactChannel) -> object:
    if channel.kind == ContactChannel.Kind.EMAIL:
        return channel.id
    return channel.kind, destination_of(kind=channel.kind, address=channel.address)


def _last_sent_at(rows: Sequence[dict[str, Any]]) -> datetime | None:
    return max((row["last_sent_at"] for row in rows if row["last_sent_at"]), default=None)


def _put_off(rows: Sequence[dict[str, Any]], now: datetime) -> Iterator[Delivery]:
    """Yield what is due although its channel rests, due again when it has rested, so that it wakes nobody before."""
    last_sent_at = _last_sent_at(rows)
    for row in rows:
        delivery = row["delivery"]
        if delivery.message_id is None and last_sent_at and _is_due(delivery, now):
            delivery.next_attempt_at = last_sent_at + rest_before(is_urgent=delivery.is_urgent)
            yield delivery


def _hand_on(deliveries: Sequence[Delivery], now: datetime) -> None:
    """Give up what would go to people who left meanwhile; where somebody has to act, the next person hears."""
    if not deliveries:
        return
    for delivery in deliveries:
        delivery.status, delivery.next_attempt_at, delivery.last_error = Delivery.Status.SKIPPED, None, ""
    GIVEN_UP.update(deliveries)
    fall_back(notices=[delivery.notice for delivery in deliveries], now=now)


def _is_due(delivery: Delivery, now: datetime) -> bool:
    return delivery.next_attempt_at is not None and delivery.next_attempt_at <= now


def _rested_at(fresh: Sequence[Delivery], last_sent_at: datetime | None, now: datetime) -> datetime:
    due = (delivery for delivery in fresh if _is_due(delivery, now))
    pause = rest_before(is_urgent=any(delivery.is_urgent for delivery in due))
    return last_sent_at + pause if last_sent_at else now


def _delivery(row: dict[str, Any]) -> Delivery:
    delivery: Delivery = row["delivery"]
    person, notice = row["person"], row["notice"]
    person.user, notice.person, notice.instead_of = row["account"], person, row["missing"]
    delivery.notice, delivery.channel = notice, row["channel"]
    return delivery
