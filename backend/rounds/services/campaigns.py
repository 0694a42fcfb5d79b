"""Inspections that the calendar brings, made ahead, once for each time of the year; what has not opened follows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from backend.deadlines.services import timers_stop_all
from backend.organisation.models import School
from backend.rounds.models import Inspection, Round, RoundState
from backend.rounds.selectors.inspections import Looking, by_the_calendar, places_to_inspect
from backend.rounds.selectors.making import SchoolYear, school_year, schools_with_plans
from backend.rounds.services.inspecting import by_office, inspection_store
from backend.rounds.services.making import DAYS_AHEAD, SUBJECT_KIND
from backend.rounds.windows import window_of
from backend.rulebook.each_school import each_school_kept
from backend.rulebook.round_rules import Comes, RoundPlan
from backend.rulebook.selectors import ruleset_get

REMEMBERED = timedelta(days=400)
"""For so long a time of the year that was held is not held again, however the rules are changed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An inspection as the rules and the calendar of now have it."""

    plan: RoundPlan
    occasion: str
    at: datetime
    due_at: datetime


def inspections_make(*, now: datetime) -> int:
    """Bring what the calendar brings every school in step; return how many changed. One that fails stops no other."""
    return each_school_kept(schools=schools_with_plans(), keep=school_inspections_make, what="inspections", now=now)


@transaction.atomic
def school_inspections_make(*, school: School, version_id: int, now: datetime) -> int:
    """Bring the inspections of a school's calendar that have not opened in step; return how many changed.

    None is made that would have opened before now, and a second run changes nothing.
    """
    # Of two that make them at once the second waits, and finds what the first one made.
    School.objects.select_for_update(no_key=True).get(id=school.id)
    stand = by_the_calendar(school=school, since=now - REMEMBERED, now=now)
    plans = [plan for plan in ruleset_get(version_id).round_plans.values() if plan.comes and not plan.is_off]
    if not plans and not stand:
        return 0
    wanted = _wanted(school, plans, now)
    looking = places_to_inspect(school=school, ids=()) if wanted else []
    begun, coming = [one for one in stand if one.at <= now], [one for one in stand if one.at > now]
    chosen = _apart(wanted, begun) if looking else []
    kept = [one for one in chosen if any(_is_same(row, one, looking) for row in coming)]
    dropped = [row for row in coming if not any(_is_same(row, one, looking) for one in chosen)]
    _drop(dropped, now)
    for one in chosen:
        if one not in kept:
            row = Inspection(school=school, rulebook_id=version_id, plan=one.plan.code, due_at=one.due_at, at=one.at)
            row.occasion = one.occasion
            inspection_store(inspection=row, plan=one.plan, looking=looking, now=now)
    return len(dropped) + len(chosen) - len(kept)


def _wanted(school: School, plans: Sequence[RoundPlan], now: datetime) -> list[Wanted]:
    """Return what comes by these plans; the calendar is read once for all of them."""
    year = school_year(school=school) if plans else None
    return [one for plan in plans if year and plan.comes for one in _wanted_by(school, plan, plan.comes, year, now)]


def _wanted_by(school: School, plan: RoundPlan, comes: Comes, year: SchoolYear, now: datetime) -> list[Wanted]:
    zone = ZoneInfo(school.time_zone)
    today = now.astimezone(zone).date()
    found = year.times(comes, since=today, until=today + timedelta(days=DAYS_AHEAD))
    windows = [
        Wanted(
            plan,
            one.code,
            window_of(plan=plan, day=one.opens_on, zone=zone).opens_at,
            window_of(plan=plan, day=one.due_on, zone=zone).due_at,
        )
        for one in found
    ]
    return [one for one in windows if one.at > now]


def _apart(wanted: Sequence[Wanted], begun: Sequence[Inspection]) -> list[Wanted]:
    """Return those that are not held already: of two of one plan whose times overlap the first stands for both."""
    taken: defaultdict[str, list[tuple[str, datetime, datetime]]] = defaultdict(list)
    for row in begun:
        taken[row.plan].append((row.occasion, row.at, row.due_at))
    found = []
    for one in sorted(wanted, key=lambda each: each.at):
        beside = taken[one.plan.code]
        if not any(code == one.occasion or (at < one.due_at and one.at < due) for code, at, due in beside):
            beside.append((one.occasion, one.at, one.due_at))
            found.append(one)
    return found


def _is_same(row: Inspection, one: Wanted, looking: Sequence[Looking]) -> bool:
    """Say whether an inspection that has not opened is as it is wanted now, also which office looks where."""
    stands = (row.plan, row.occasion, row.at, row.due_at)
    if stands != (one.plan.code, one.occasion, one.at, one.due_at):
        return False
    return ruleset_get(row.rulebook_id).round_plans[row.plan] == one.plan and _routes(row) == by_office(looking)


def _routes(row: Inspection) -> Mapping[UUID | None, list[str]]:
    found: defaultdict[UUID | None, list[str]] = defaultdict(list)
    for share in row.shares.all():
        found[share.round.unit_id] += share.route
    return found


def _drop(rows: Sequence[Inspection], now: datetime) -> None:
    ids = [share.round_id for row in rows for share in row.shares.all()]
    if ids:
        Round.objects.filter(id__in=ids, state=RoundState.PLANNED).update(state=RoundState.DROPPED)
        timers_stop_all(subject_kind=SUBJECT_KIND, subject_ids=ids, now=now, reason="rounds_remade")
