"""The one rule of who reads and keeps the training log. Pure.

What was held, when and for which classes is open to everybody who works at the school. Who was there by name is for the
person, for whoever entered it, and for the keepers of the school.
"""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.organisation.roles import Role
from backend.training.errors import NotYourClass
from backend.training.models import TrainingDue


def names_seen(*, actor: Actor) -> Q:
    """Return the condition for the names of those present that the actor may read; sessions are theirs to know."""
    if actor.may(Permission.TRAININGS_READ):
        return Q()
    return Q(person=actor.person_id) | Q(session__by=actor.person_id)


def dues_seen(*, actor: Actor) -> Q:
    """Return the condition for what is due that the actor may read: their own, that of their classes, or all."""
    if actor.may(Permission.TRAININGS_READ):
        return Q()
    return Q(person=actor.person_id) | Q(unit__in=actor.units(Role.OFFICE_HEAD))


def is_asked(*, actor: Actor, row: TrainingDue) -> bool:
    """Say whether what is due is asked of somebody: to go to it, or to hold it as head teacher of the class."""
    if actor.school_id != row.school_id:
        return False
    return actor.person_id == row.person_id or row.unit_id in actor.units(Role.OFFICE_HEAD)


def records_for_all(*, actor: Actor, class_ids: Collection[UUID]) -> bool:
    """Say whether somebody records what was held for anybody: by a post for the whole school, or as head of an office.

    Head teachers of these classes are heads of nothing else; they record what their own classes had.
    """
    return actor.may(Permission.TRAININGS_LEAD) or not actor.units(Role.OFFICE_HEAD) <= frozenset(class_ids)


def record_check(
    *, actor: Actor, people: Collection[UUID], classes: Collection[UUID], class_ids: Collection[UUID]
) -> None:
    """Raise NotYourClass where a head teacher records of colleagues, or of other classes."""
    if records_for_all(actor=actor, class_ids=class_ids):
        return
    if people or not actor.units(Role.OFFICE_HEAD).issuperset(classes):
        raise NotYourClass


def may_void(*, actor: Actor, by_id: UUID) -> bool:
    """Say whether the actor may make an entry void: whoever entered it, and the leaders of the school."""
    return actor.person_id == by_id or actor.may(Permission.TRAININGS_LEAD)
