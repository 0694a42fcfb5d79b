"""Sweeps: whether one suits a ticket, what it takes, and those that were asked for."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from backend.organisation.actors import Actor
from backend.organisation.models import Place, Unit
from backend.rounds.errors import PlacesUnknown
from backend.rounds.models import Round, RoundTicket
from backend.rounds.selectors.tickets import rounds_of_ticket
from backend.rulebook.round_rules import RoundKind, RoundPlan
from backend.rulebook.ruleset import Confidentiality, Kind, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.models import Ticket
from backend.workflow.states import State

SERIOUS = frozenset({Severity.P1, Severity.P2})
VOID = frozenset({State.DECLINED, State.MERGED})
ONE_IN = 5
"""Of the places that were looked at, one in so many is looked at once more by somebody else."""


def sweep_plan(ticket: Ticket) -> RoundPlan | None:
    """Return the plan by which places are looked at because of a ticket, of its rulebook; None where none are."""
    if not sweep_suits(ticket):
        return None
    plans = ruleset_get(ticket.rulebook_id).round_plans.values()
    return next((plan for plan in plans if plan.kind is RoundKind.SWEEP and not plan.is_off), None)


def sweep_suits(ticket: Ticket) -> bool:
    """Say whether other places are looked at because of a ticket: a serious hazard that is no secret, in earnest."""
    is_open_to_all = {ticket.confidentiality, ticket.seal} == {Confidentiality.K0}
    is_serious = ticket.kind == Kind.HAZARD and ticket.severity in SERIOUS
    return is_open_to_all and is_serious and not ticket.is_exercise and ticket.state not in VOID


def units_sweeping(*, school_id: UUID) -> QuerySet[Unit]:
    """Return the offices of a school that can be asked."""
    return Unit.objects.filter(school=school_id).exclude(kind=Unit.Kind.CLASS).order_by("code")


def places_named(*, school_id: UUID, ids: Sequence[UUID]) -> list[str]:
    """Return the codes of places in the order of their ids; raise PlacesUnknown."""
    codes = dict(Place.objects.filter(school=school_id, id__in=ids).values_list("id", "code"))
    if codes.keys() != set(ids):
        raise PlacesUnknown(pointer="/places")
    return [codes[place] for place in dict.fromkeys(ids)]


def sweeps_of(*, actor: Actor, ticket: Ticket, now: datetime) -> Sequence[Round]:
    """Return the rounds the reader knows of that were asked for because of a ticket they were let in to."""
    links = rounds_of_ticket(actor=actor, ticket=ticket, now=now)
    return [link.round for link in links if link.kind == RoundTicket.Kind.SWEEP]


def sample_of(*, row: Round) -> set[str]:
    """Return the codes of one in five places of a sweep, the same whenever it is asked for."""
    route = row.sweep.route
    return set(random.Random(str(row.id)).sample(route, -(-len(route) // ONE_IN)))  # noqa: S311 - no secret


def took(row: Round) -> timedelta | None:
    """Return how long it took from the asking until everything had been looked at; None while it has not."""
    return row.answered_at - row.sweep.at if row.answered_at else None
