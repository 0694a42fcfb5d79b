"""Telling people: a notice on the page for everybody, and a delivery by each channel they want it on."""

from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from backend.common.models import OutboxMessage
from backend.notifications.models import Notice
from backend.notifications.services.planning import deliveries_plan
from backend.organisation.actors import Actor
from backend.organisation.models import Person, School
from backend.workflow.models import Ticket


@transaction.atomic(savepoint=False)
def notices_create(*, message: OutboxMessage, now: datetime) -> list[int]:
    """Store a notice for each person the outbox row names; return the ids of the outbox rows that deliver them."""
    told = message.payload
    ticket = Ticket.objects.select_related("school").get(id=told["ticket"])
    notices = [
        Notice(person_id=UUID(person), ticket=ticket, event_id=told["event"], kind=told["kind"], created_at=now)
        for person in told["people"]
    ]
    Notice.objects.bulk_create(notices)
    return deliveries_plan(notices=notices, ticket=ticket, school=ticket.school, now=now)


@transaction.atomic(savepoint=False)
def news_create(*, message: OutboxMessage, now: datetime) -> list[int]:
    """Store a notice of news that belongs to no ticket, for those of the people named who work at the school."""
    told = message.payload
    school = School.objects.get(id=told["school"])
    people = Person.objects.filter(id__in=told["people"], school=school).values_list("id", flat=True)
    params = {name: value for name, value in told.items() if name not in {"school", "people"}}
    event_id = uuid5(NAMESPACE_URL, message.dedup_key)
    notices = [
        Notice(person_id=person_id, event_id=event_id, kind=message.topic, params=params, created_at=now)
        for person_id in people
    ]
    Notice.objects.bulk_create(notices)
    return deliveries_plan(notices=notices, ticket=None, school=school, now=now)


def notices_mark_read(*, actor: Actor, now: datetime) -> int:
    """Mark what the actor had been told by `now` as read; return how many notices that were."""
    unread = Notice.objects.filter(person=actor.person_id, read_at__isnull=True, created_at__lte=now)
    return unread.update(read_at=now)
