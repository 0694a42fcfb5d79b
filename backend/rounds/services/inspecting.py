"""Asking for an inspection: every office looks over its own places by one checklist, until a time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max

from backend.deadlines.services import timers_arm
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.rounds.errors import NoInspection, PlacesUnknown, SweepTime, TooManyInspections
from backend.rounds.models import Inspection, InspectionRound, Round
from backend.rounds.selectors.inspections import Looking, asked_for_on_day, inspection_plans, places_to_inspect
from backend.rounds.services.making import timer_of
from backend.rulebook.round_rules import RoundPlan
from backend.rulebook.route_checks import MOST_PLACES

LONGEST = timedelta(days=60)
MOST_A_DAY = 10
"""Each asks every office of a school: one for each checklist and some, and no more by one person in a day."""


@dataclass(frozen=True, slots=True)
class InspectionDraft:
    """An inspection to be: by which plan, why, until when, and over which places; none stand for all of the school."""

    plan: str
    reason: str
    due_at: datetime
    places: Sequence[UUID] = ()


@transaction.atomic
def inspection_ask(*, actor: Actor, draft: InspectionDraft, now: datetime) -> Inspection:
    """Open a round for each office that looks after places; their people hear at once.

    The number of statements does not depend on how many places there are. Raise NoInspection, SweepTime, PlacesUnknown,
    or TooManyInspections.
    """
    actor.require(Permission.ROUNDS_REQUEST)
    version_id, plans = inspection_plans(actor=actor)
    plan = plans.get(draft.plan)
    if actor.school_id is None or version_id is None or plan is None:
        raise NoInspection(pointer="/plan")
    if not now < draft.due_at <= now + LONGEST:
        raise SweepTime(pointer="/due_at")
    # Two that ask at once are numbered one after the other.
    school = School.objects.select_for_update(no_key=True).get(id=actor.school_id)
    if (
        asked_for_on_day(actor=actor, day=now.astimezone(ZoneInfo(school.time_zone)).date(), school=school)
        >= MOST_A_DAY
    ):
        raise TooManyInspections
    looking = places_to_inspect(school=school, ids=draft.places)
    if not looking:
        raise PlacesUnknown(pointer="/places")
    inspection = Inspection(school=school, rulebook_id=version_id, plan=plan.code, due_at=draft.due_at, at=now)
    inspection.reason, inspection.by_id = draft.reason, actor.person_id
    inspection_store(inspection=inspection, plan=plan, looking=looking, now=now)
    return inspection


def inspection_store(*, inspection: Inspection, plan: RoundPlan, looking: Sequence[Looking], now: datetime) -> None:
    """Store an inspection of a school that the caller holds, with the round of each office and its timer."""
    inspection.save(force_insert=True)
    shares = list(_shares(inspection, inspection.school, plan, looking))
    Round.objects.bulk_create([share.round for share in shares])
    InspectionRound.objects.bulk_create(shares)
    timers_arm(drafts=[timer_of(share.round, plan) for share in shares], now=now)


def _shares(
    inspection: Inspection, school: School, plan: RoundPlan, looking: Sequence[Looking]
) -> Iterator[InspectionRound]:
    day = inspection.at.astimezone(ZoneInfo(school.time_zone)).date()
    taken = Round.objects.filter(school=school, plan=plan.code, day=day).values("unit").annotate(last=Max("turn"))
    turns: defaultdict[UUID | None, int] = defaultdict(int, {row["unit"]: row["last"] + 1 for row in taken})
    for unit_id, codes in by_office(looking).items():
        for first in range(0, len(codes), MOST_PLACES):
            row = Round(
                school=school,
                rulebook_id=inspection.rulebook_id,
                plan=plan.code,
                unit_id=unit_id,
                day=day,
                turn=turns[unit_id],
                asked=plan.asked,
                opens_at=inspection.at,
                due_at=inspection.due_at,
                late_at=inspection.due_at + plan.late_after,
            )
            turns[unit_id] += 1
            yield InspectionRound(round=row, inspection=inspection, route=codes[first : first + MOST_PLACES])


def by_office(looking: Sequence[Looking]) -> Mapping[UUID, list[str]]:
    """Return by the office that looks at them the codes of places, in order."""
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for one in looking:
        found[one.unit_id].append(one.code)
    return found
