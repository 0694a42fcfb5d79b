"""Notices for everybody who is told, and with each a delivery by every channel they want it on, and when it rings."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from backend.common.models import OutboxMessage
from backend.common.outbox import OutboxDraft, outbox_add
from backend.common.publishing import wake
from backend.common.sql.statements import columns_of, prepared_cursor, records, recordset
from backend.notifications.models import Delivery, Notice, SubjectKind
from backend.notifications.rendering import rings_of
from backend.notifications.ringing import MUST_REACH, Bell, Ring, keeps_one_channel
from backend.organisation.models import Person
from backend.organisation.selectors.reachable import may_be_reached_sql


def notices_create(messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Store a notice for each person the outbox rows name, in as many statements for a hundred rows as for one."""
    notices_store(notices=[notice for message in messages for notice in _told(message.payload, now)], now=now)


def news_create(messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Store notices of news that belong to no ticket, for those of the people named who work at the school."""
    named = {UUID(person_id) for message in messages for person_id in message.payload["people"]}
    schools = dict(Person.objects.filter(id__in=named).values_list("id", "school_id"))
    notices = [
        _news(message, person_id, now)
        for message in messages
        for person_id in map(UUID, message.payload["people"])
        if schools.get(person_id) == UUID(message.payload["school"])
    ]
    notices_store(notices=notices, now=now)


def _told(told: dict[str, Any], now: datetime) -> list[Notice]:
    ticket_id = UUID(told["ticket"])
    return [
        Notice(
            person_id=UUID(person_id),
            subject_kind=SubjectKind.TICKET,
            subject_id=ticket_id,
            ticket_id=ticket_id,
            event_id=UUID(told["event"]),
            kind=told["kind"],
            created_at=now,
        )
        for person_id in told["people"]
    ]


def _news(message: OutboxMessage, person_id: UUID, now: datetime) -> Notice:
    return Notice(
        person_id=person_id,
        subject_kind=SubjectKind.SCHOOL,
        subject_id=UUID(message.payload["school"]),
        event_id=uuid5(NAMESPACE_URL, message.dedup_key),
        kind=message.topic,
        params={name: value for name, value in message.payload.items() if name not in {"school", "people"}},
        created_at=now,
    )


WAITING, SKIPPED = Delivery.Status.WAITING, Delivery.Status.SKIPPED
DELIVER = "notifications.deliver"
# What was sent while the clock was ahead must not keep a person waiting until that time has come.
BELLS = f"""
SELECT channel.person_id, channel.id, channel.kind,
       ARRAY(SELECT off."group" FROM notifications_notificationchoice AS off WHERE off.channel_id = channel.id),
       (SELECT max(sent.sent_at) FROM notifications_delivery AS sent
        WHERE sent.channel_id = channel.id AND sent.sent_at <= %(now)s)
FROM organisation_contactchannel AS channel
WHERE channel.person_id = ANY(%(people)s) AND channel.verified_at IS NOT NULL
  AND {may_be_reached_sql("channel.person_id", "%(now)s")}
ORDER BY channel.verified_at, channel.id
"""  # noqa: S608 - names of our own
# A notice that is there already stays as it is, and gets no second delivery.
STORE = f"""
WITH stored AS (
    INSERT INTO notifications_notice ({columns_of(Notice)})
    SELECT {columns_of(Notice, "fresh")} FROM {recordset(Notice, "fresh")}
    ON CONFLICT (person_id, event_id) DO NOTHING RETURNING id
), planned AS (
    INSERT INTO notifications_delivery ({columns_of(Delivery)})
    SELECT {columns_of(Delivery, "fresh")} FROM {recordset(Delivery, "fresh")}
    JOIN stored ON stored.id = fresh.notice_id
)
SELECT id FROM stored
"""  # noqa: S608 - names of our own


def notices_store(*, notices: Sequence[Notice], now: datetime) -> list[UUID]:
    """Store new notices with their deliveries in one statement; return the ids of those that were not there yet.

    One that has to reach somebody and finds no channel at all is passed on.
    """
    if not notices:
        return []
    rings = rings_of(notices=notices)
    bells = _bells_of({notice.person_id for notice in notices}, now)
    deliveries = [
        delivery
        for notice in notices
        for delivery in _deliveries(notice, rings[notice.id], bells.get(notice.person_id, []), now)
    ]
    with prepared_cursor() as cursor:
        cursor.execute(STORE, [records(notices), records(deliveries)])
        stored = {row[0] for row in cursor.fetchall()}
    unheard = [notice for notice in notices if notice.id in stored and not bells.get(notice.person_id)]
    outbox_add(drafts=list(unreached_drafts(notices=unheard)), now=now)
    wake_sender(deliveries=deliveries, now=now)
    return list(stored)


def _bells_of(person_ids: Collection[UUID], now: datetime) -> dict[UUID, list[Bell]]:
    """Return the verified channels of each person who has any and may be reached, the oldest first; one statement."""
    found: dict[UUID, list[Bell]] = {}
    with prepared_cursor() as cursor:
        cursor.execute(BELLS, {"people": list(person_ids), "now": now})
        for person_id, channel_id, kind, off, last_sent_at in cursor.fetchall():
            found.setdefault(person_id, []).append(Bell(channel_id, kind, frozenset(off), last_sent_at))
    return found


def wake_sender(*, deliveries: Iterable[Delivery], now: datetime) -> None:
    """Have what may go out at once sent after the commit; the relay sees to what is due later."""
    if any(row.next_attempt_at is not None and row.next_attempt_at <= now for row in deliveries):
        transaction.on_commit(partial(wake, DELIVER), robust=True)


def unreached_drafts(*, notices: Iterable[Notice]) -> Iterator[OutboxDraft]:
    """Yield an outbox row for each notice that must reach somebody and reached nobody."""
    for notice in notices:
        if notice.ticket_id and notice.kind in MUST_REACH:
            yield OutboxDraft("notice.unreached", f"unreached:{notice.id}", {"notice": str(notice.id)})


def _deliveries(notice: Notice, ring: Ring, bells: Sequence[Bell], now: datetime) -> Iterator[Delivery]:
    earliest = ring.earliest(now)
    on = [ring.group is None or ring.group not in bell.off for bell in bells]
    if bells and not any(on) and ring.group and keeps_one_channel(group=ring.group, severity=ring.severity):
        on[0] = True
    if ring.by_one:
        on = [rings and not any(on[:place]) for place, rings in enumerate(on)]
    for bell, rings in zip(bells, on, strict=True):
        rested = bell.rested_at(is_urgent=ring.is_urgent)
        yield Delivery(
            notice=notice,
            school_id=ring.school_id,
            channel_id=bell.channel_id,
            channel_kind=bell.kind,
            status=WAITING if rings else SKIPPED,
            is_urgent=ring.is_urgent,
            rings_at=earliest,
            next_attempt_at=(max(earliest, rested) if rested else earliest) if rings else None,
            created_at=now,
        )
