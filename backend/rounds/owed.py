"""Rounds as something that people owe: those of the calendar, sweeps of places and the shares of inspections."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from backend.organisation.actors import Actor
from backend.organisation.roles import UNIT_ROLES
from backend.rounds.models import WAITING, Round, RoundState
from backend.rounds.sight import is_owed_by, knows_of
from backend.rulebook.round_rules import ON_REQUEST, OVER_PLACES, RoundPlan
from backend.rulebook.selectors import ruleset_get
from backend.workflow.owing import Owed, Sought

KIND = "round"
OWED_FOR = timedelta(days=7)
"""After its time a round that nobody answered is missed, and nobody's to-do for longer than this."""
LONGEST_OPEN = timedelta(days=70)
"""No round is open for longer before it is due; days are indexed, and due times are not."""


def rounds_owed(*, actors: Sequence[Actor], sought: Sought, now: datetime) -> list[Owed]:
    """Return the rounds that wait for some people, or these rounds; one statement."""
    if not actors or not (sought.waiting or sought.ids):
        return []
    which = Q(id__in=sought.ids)
    if sought.waiting:
        which |= _waiting_for(actors, now)
    rows = Round.objects.filter(which, school__in={actor.school_scope for actor in actors})
    beside = ("school", "unit", "sweep")
    return [_owed(row, actors, now) for row in rows.select_related(*beside).order_by("due_at", "id")]


def _waiting_for(actors: Sequence[Actor], now: datetime) -> Q:
    """Return a condition that leaves out most of what waits for none of them; who owes what is decided row by row."""
    units = {unit for actor in actors for unit in actor.units(*UNIT_ROLES)}
    near = Q(unit__in=units) | Q(unit=None) | Q(assignee__in=[actor.person_id for actor in actors])
    begun = Q(state__in=WAITING) | Q(state=RoundState.PLANNED, opens_at__lte=now)
    return near & begun & Q(due_at__gte=now - OWED_FOR, day__gte=(now - LONGEST_OPEN).date())


def _owed(row: Round, actors: Sequence[Actor], now: datetime) -> Owed:
    plan = ruleset_get(row.rulebook_id).round_plans[row.plan]
    is_open = row.state in WAITING or (row.state == RoundState.PLANNED and row.opens_at <= now)
    is_owed = is_open and row.due_at >= now - OWED_FOR
    known = [actor for actor in actors if knows_of(actor=actor, row=row)]
    return Owed(
        kind=KIND,
        id=row.id,
        school=row.school,
        action=_action(plan),
        due_at=row.due_at,
        # The question of a sweep may tell what its ticket says; whoever owes it reads it on its page.
        about=lambda: f"{plan.name_of(row.turn)} · {row.where.name}",
        path=f"/rounds/{row.id}",
        owed_by=frozenset(actor.person_id for actor in known if is_owed and is_owed_by(actor=actor, row=row)),
        known_to=frozenset(actor.person_id for actor in known),
        is_done=row.state == RoundState.ANSWERED,
    )


def _action(plan: RoundPlan) -> str:
    if plan.kind in ON_REQUEST:
        return "look-over-places"
    return "go-along-route" if plan.kind in OVER_PLACES else "answer-round"
