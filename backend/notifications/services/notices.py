"""Telling people: a notice on the page for everybody, and a delivery by each channel they want it on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from backend.common.models import OutboxMessage
from backend.notifications.models import Notice, SubjectKind
from backend.notifications.services.planning import notices_store
from backend.organisation.actors import Actor
from backend.organisation.models import Person


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


def notices_mark_read(*, actor: Actor, now: datetime) -> int:
    """Mark what the actor had been told by `now` as read; return how many notices that were."""
    unread = Notice.objects.filter(person=actor.person_id, read_at__isnull=True, created_at__lte=now)
    return unread.update(read_at=now)


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
