"""Keeping evidence of a person's matters, and ending that: records that are only added to."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.organisation.permissions import Permission
from backend.retention.errors import AlreadyHeld, HoldOver, UnknownHeld
from backend.retention.selectors import hold_get, holds_known, people_holdable
from backend.workflow.models import PersonHold


@transaction.atomic
def person_hold(*, actor: Actor, person_id: UUID, words: str, now: datetime) -> int:
    """Keep every ticket of a person's matters, those to come too; return the number of the hold."""
    actor.require(Permission.EVIDENCE_HOLD)
    known = people_holdable(actor=actor).filter(id=person_id).values("id")
    person = Person.objects.select_for_update().filter(id__in=known).first()
    if person is None:
        raise UnknownHeld(pointer="/person")
    if holds_known(actor=actor).filter(person=person, ending=None).exists():
        raise AlreadyHeld(pointer="/person")
    hold = PersonHold(school=person.school, person=person, words=words, by_id=actor.person_id, at=now)
    hold.save()
    return hold.id


@transaction.atomic
def person_hold_end(*, actor: Actor, hold_id: int, words: str, now: datetime) -> None:
    """End a hold; from then on the tickets go when their period is over."""
    hold = hold_get(actor=actor, hold_id=hold_id)
    Person.objects.select_for_update().get(id=hold.person_id)
    if PersonHold.objects.filter(ends=hold).exists():
        raise HoldOver
    said = {"school_id": hold.school_id, "person_id": hold.person_id, "by_id": actor.person_id}
    PersonHold.objects.create(ends=hold, words=words, at=now, **said)
