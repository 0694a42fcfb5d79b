"""The steps of started plans as something that people owe."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from backend.organisation.actors import Actor
from backend.response.models import ResponseTask
from backend.response.words import plan_behind
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.owing import Owed, Sought

KIND, ACTION = "step", "do-step"


def steps_owed(*, actors: Sequence[Actor], sought: Sought, now: datetime) -> list[Owed]:  # noqa: ARG001 - as all
    """Return the steps that wait for some people, or these steps, or those of plans on these tickets; one statement."""
    if not actors:
        return []
    which = Q(id__in=sought.ids) | Q(response__ticket__in=sought.ticket_ids)
    if sought.waiting:
        people = [actor.person_id for actor in actors]
        which |= Q(response__ended_at=None, done_at=None, people__overlap=people)
    schools = {actor.school_scope for actor in actors}
    rows = ResponseTask.objects.filter(which, response__school__in=schools).order_by("due_at", "number")
    return [_owed(row, actors) for row in rows.select_related("response__ticket", "response__school")]


def _owed(row: ResponseTask, actors: Sequence[Actor]) -> Owed:
    ticket, plan = row.response.ticket, plan_behind(row.response)
    here = {actor.person_id for actor in actors if actor.school_id == row.response.school_id}
    asked = frozenset(here.intersection(row.people))
    is_open = row.done_at is None and row.response.ended_at is None
    return Owed(
        kind=KIND,
        id=row.id,
        school=row.response.school,
        action=ACTION,
        due_at=row.due_at,
        about=lambda: f"{plan.step(row.step).words} · {plan.name}",
        path=f"/responses/{row.response_id}",
        owed_by=asked if is_open else frozenset(),
        known_to=asked,
        is_public=ticket.seal == Confidentiality.K0,
        is_exercise=ticket.is_exercise,
        is_done=row.done_at is not None,
    )
