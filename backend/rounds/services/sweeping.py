"""Asking an office to look whether what was found at one place is so at others, and a sample of it once more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max

from backend.common.errors import NotFound
from backend.deadlines.services import timers_arm
from backend.duty.selectors import directory_load
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.organisation.roles import CHAINS, UNIT_ROLES
from backend.rounds.errors import (
    NobodyElseThere,
    NoSweep,
    NotLookedAtBefore,
    PlacesUnknown,
    RoundNotAnswered,
    SweepTime,
)
from backend.rounds.models import Round, RoundState, RoundSweep, RoundTicket
from backend.rounds.selectors.sweeps import places_named, sweep_plan, units_sweeping
from backend.rounds.services.making import timer_of
from backend.rulebook.round_rules import RoundPlan
from backend.workflow.selectors import ticket_get

LONGEST = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class SweepDraft:
    """A sweep to be: the question, its places in order, the office that looks, and until when.

    `again_of` is a sweep whose places, or some of them, somebody else looks at once more.
    """

    question: str
    places: Sequence[UUID]
    unit_id: UUID
    due_at: datetime
    again_of: UUID | None = None


@transaction.atomic
def sweep_ask(*, actor: Actor, ticket_id: UUID, told: Callable[[], SweepDraft], now: datetime) -> Round:
    """Open a round over places like the one of a hazard; its office hears at once, and its ladder runs by its plan.

    What is told is read only once it is known that the ticket is there. The office may not know of the ticket: it reads
    the question alone.
    """
    ticket = ticket_get(actor=actor, ticket_id=ticket_id)
    actor.require(Permission.ROUNDS_REQUEST)
    # Two that ask at once are numbered one after the other.
    school = School.objects.select_for_update(no_key=True).get(id=ticket.school_id)
    plan = sweep_plan(ticket)
    if school.id != actor.school_id or plan is None:
        raise NoSweep
    draft = told()
    _time_check(draft, now)
    earlier = _earlier(draft, ticket_id)
    row = _round_of(school, ticket.rulebook_id, plan, draft, now)
    route = places_named(school_id=school.id, ids=draft.places)
    not_by = _again_check(earlier, row, plan, route, now)
    row.save(force_insert=True)
    RoundSweep.objects.create(
        round=row,
        again_of=earlier,
        not_by=not_by,
        question=draft.question,
        route=route,
        category=ticket.category,
        by_id=actor.person_id,
        at=now,
    )
    because = {"kind": RoundTicket.Kind.SWEEP, "by_id": actor.person_id, "at": now}
    RoundTicket.objects.create(round=row, ticket=ticket, **because)
    timers_arm(drafts=[timer_of(row, plan)], now=now)
    return row


def _time_check(draft: SweepDraft, now: datetime) -> None:
    if not now < draft.due_at <= now + LONGEST:
        raise SweepTime(pointer="/due_at")


def _round_of(school: School, version_id: int, plan: RoundPlan, draft: SweepDraft, now: datetime) -> Round:
    if not units_sweeping(school_id=school.id).filter(id=draft.unit_id).exists():
        raise PlacesUnknown(pointer="/office")
    day = now.astimezone(ZoneInfo(school.time_zone)).date()
    of_day = Round.objects.filter(school=school, unit=draft.unit_id, plan=plan.code, day=day)
    last = of_day.aggregate(last=Max("turn"))["last"]
    return Round(
        school=school,
        rulebook_id=version_id,
        plan=plan.code,
        unit_id=draft.unit_id,
        day=day,
        turn=0 if last is None else last + 1,
        asked=plan.asked,
        opens_at=now,
        due_at=draft.due_at,
        late_at=draft.due_at + plan.late_after,
    )


def _earlier(draft: SweepDraft, ticket_id: UUID) -> Round | None:
    if draft.again_of is None:
        return None
    because = RoundTicket.objects.filter(ticket=ticket_id, kind=RoundTicket.Kind.SWEEP)
    earlier = because.filter(round=draft.again_of).select_related("round").first()
    if earlier is None:
        raise NotFound
    if earlier.round.state != RoundState.ANSWERED:
        raise RoundNotAnswered
    return earlier.round


def _again_check(earlier: Round | None, row: Round, plan: RoundPlan, route: Sequence[str], now: datetime) -> list[UUID]:
    """Return who is not asked, since they looked before; refuse other places, and an office that has nobody else."""
    if earlier is None:
        return []
    if not set(route) <= set(earlier.sweep.route):
        raise NotLookedAtBefore(pointer="/places")
    looked = {visit.by_id for visit in earlier.visits.all()} | {*earlier.passes_over}
    directory = directory_load(school_ids=[row.school_id], now=now)
    roles = [role for role in CHAINS[plan.asked] if role in UNIT_ROLES]
    there = (directory.holders(role=role, school_id=row.school_id, unit_id=row.unit_id) for role in roles)
    if all(people <= looked for people in there):
        raise NobodyElseThere(pointer="/office")
    return sorted(looked)
