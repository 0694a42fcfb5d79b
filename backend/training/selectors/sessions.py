"""Reads of the training log, as those who work at a school may see it."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import Person, Unit
from backend.organisation.roles import Role
from backend.organisation.selectors.people import people_visible
from backend.rulebook.selectors import active_version_id, training_rules_get
from backend.rulebook.training_rules import TrainingRules
from backend.training.models import ClassAttendance, StaffAttendance, TrainingDue, TrainingSession
from backend.training.sight import dues_seen, names_seen, records_for_all


def sessions_known(*, actor: Actor) -> QuerySet[TrainingSession]:
    """Return what was held at the actor's school, each with its classes and those whose names the actor may read."""
    classes = ClassAttendance.objects.select_related("unit").order_by("unit__code", "id")
    people = StaffAttendance.objects.filter(names_seen(actor=actor)).select_related("person")
    rows = TrainingSession.objects.filter(school=actor.school_scope).select_related("by", "void_by")
    return rows.prefetch_related(
        Prefetch("classes", classes), Prefetch("people", people.order_by("person__name", "id"), to_attr="seen")
    )


def session_get(*, actor: Actor, session_id: UUID) -> TrainingSession:
    """Return one of them; raise NotFound."""
    row = sessions_known(actor=actor).filter(id=session_id).first()
    if row is None:
        raise NotFound
    return row


def sessions_attended(*, actor: Actor) -> QuerySet[TrainingSession]:
    """Return those at which the actor was; what is void is left out."""
    own = StaffAttendance.objects.filter(person=actor.person_id)
    return sessions_known(actor=actor).filter(id__in=own.values("session"), void_at=None)


def dues_known(*, actor: Actor) -> QuerySet[TrainingDue]:
    """Return what is due at the actor's school and the actor may know of: their own, their classes', or everybody's."""
    rows = TrainingDue.objects.filter(dues_seen(actor=actor), school=actor.school_scope, closed_at=None)
    return rows.select_related("person", "unit")


def trainings_required(*, actor: Actor) -> TrainingRules:
    """Return the trainings that the rules in use at the actor's school require."""
    version_id = active_version_id(school_id=actor.school_scope)
    return training_rules_get(version_id) if version_id else {}


def classes_of(*, actor: Actor) -> list[Unit]:
    """Return the classes of the actor's school."""
    return list(Unit.objects.filter(school=actor.school_scope, kind=Unit.Kind.CLASS).order_by("code"))


def whom_recorded(*, actor: Actor) -> tuple[Sequence[Person], Sequence[Unit]]:
    """Return the people and the classes of whom the actor records what they had."""
    classes = classes_of(actor=actor)
    if records_for_all(actor=actor, class_ids=[unit.id for unit in classes]):
        return list(people_visible(actor=actor).order_by("name", "id")), classes
    return (), [unit for unit in classes if unit.id in actor.units(Role.OFFICE_HEAD)]
