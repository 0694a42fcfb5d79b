"""Trainings that are due as something that people owe: their own, and the lessons of the classes that they head."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.models import Q

from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.training.models import TrainingDue
from backend.training.naming import name_of
from backend.training.sight import is_asked
from backend.workflow.owing import Owed, Sought

KIND, GO, HOLD = "training", "go-to-training", "hold-lesson"


def trainings_owed(*, actors: Sequence[Actor], sought: Sought, now: datetime) -> list[Owed]:  # noqa: ARG001 - as all
    """Return the trainings that are due of some people, or these; one statement."""
    if not actors or not (sought.waiting or sought.ids):
        return []
    which = Q(id__in=sought.ids)
    if sought.waiting:
        units = {unit for actor in actors for unit in actor.units(Role.OFFICE_HEAD)}
        people = [actor.person_id for actor in actors]
        which |= Q(closed_at=None) & (Q(person__in=people) | Q(unit__in=units))
    rows = TrainingDue.objects.filter(which, school__in={actor.school_scope for actor in actors})
    return [_owed(row, actors) for row in rows.select_related("school", "unit").order_by("due_at", "id")]


def _owed(row: TrainingDue, actors: Sequence[Actor]) -> Owed:
    asked = frozenset(actor.person_id for actor in actors if is_asked(actor=actor, row=row))
    return Owed(
        kind=KIND,
        id=row.id,
        school=row.school,
        action=HOLD if row.unit_id else GO,
        due_at=row.due_at,
        about=_about(row),
        path="/trainings",
        owed_by=asked if row.closed_at is None else frozenset(),
        known_to=asked,
        is_done=row.session_id is not None,
    )


def _about(row: TrainingDue) -> Callable[[], str]:
    return lambda: f"{name_of(row)} · {row.unit.name}" if row.unit else name_of(row)
