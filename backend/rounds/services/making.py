"""Rounds made ahead from plans, calendar and offices; what has not opened follows every change of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from backend.calendars.rules import Hours
from backend.deadlines.services import TimerDraft, timers_arm, timers_stop_all
from backend.organisation.models import School
from backend.rounds.models import NOT_OPENED, Round, RoundState
from backend.rounds.selectors.making import (
    rounds_ahead_lock,
    school_hours,
    schools_with_plans,
    units_asked,
    versions_of,
)
from backend.rounds.windows import Window, rungs_of, window_of
from backend.rulebook.each_school import each_school_kept
from backend.rulebook.round_rules import RoundPlan, UnitsAsked
from backend.rulebook.selectors import ruleset_get

SUBJECT_KIND, CLOCK = "round", "round"
DAYS_AHEAD = 7
"""Rounds are made this many days ahead, so that a schedule that rests for some days loses none."""
BATCH = 2000
Key = tuple[UUID | None, str, date, int]
"""An office or a class (None: the whole school), the code of a plan, a day, and the turn of it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A round as the rules of now have it."""

    plan: RoundPlan
    window: Window
    version_id: int
    """The rules it is asked by: within a special period stricter ones."""


@dataclass(slots=True)
class Remade:
    """The rounds that a making adds, moves (or takes up again) and drops."""

    added: list[Round]
    moved: list[Round]
    dropped: list[Round]

    @property
    def count(self) -> int:
        """How many it changes."""
        return len(self.added) + len(self.moved) + len(self.dropped)


def rounds_make(*, now: datetime) -> int:
    """Bring the rounds of every school in step; return how many changed. One that fails stops no other."""
    return each_school_kept(schools=schools_with_plans(), keep=school_rounds_make, what="rounds", now=now)


@transaction.atomic
def school_rounds_make(*, school: School, version_id: int, now: datetime) -> int:
    """Bring the rounds of one school that have not opened in step with its rules; return how many changed.

    Nothing that has opened is touched, and none is made whose time is over: silence nobody was asked to break is no
    silence. A second run changes nothing; the number of statements does not depend on the number of rounds.
    """
    zone = ZoneInfo(school.time_zone)
    first = now.astimezone(zone).date() - timedelta(days=1)  # the night that began yesterday goes on until morning
    days = [first + timedelta(days=number) for number in range(DAYS_AHEAD + 3)]
    known = {_key(row): row for row in rounds_ahead_lock(school=school, since=first)}
    hours = school_hours(school=school, days=days)
    versions = versions_of(school=school, days=days[:-1], zone=zone, usual=version_id)
    wanted = _wanted(versions, hours, units_asked(school=school), zone)
    remade = _compared(known, wanted, school=school, now=now)
    _store(remade, now)
    return remade.count


def _key(row: Round) -> Key:
    return row.unit_id, row.plan, row.day, row.turn


def _wanted(
    versions: Mapping[date, int], hours: Mapping[date, Sequence[Hours]], units: UnitsAsked, zone: ZoneInfo
) -> dict[Key, Wanted]:
    wanted = {}
    for day, version_id in versions.items():
        for plan in ruleset_get(version_id).round_plans.values():
            # A night belongs to the school day that follows: boarders sleep at school before it.
            if not plan.every_day and (day + timedelta(days=1) if plan.is_over_night else day) not in hours:
                continue
            asked = plan.asks(units)
            for turn, later in enumerate(plan.turns if asked else ()):
                window = window_of(plan=plan, day=day, zone=zone, later=later, hours=hours.get(day, ()))
                one = Wanted(plan, window, version_id)
                wanted.update({(unit_id, plan.code, day, turn): one for unit_id in asked})
    return wanted


def _compared(known: Mapping[Key, Round], wanted: Mapping[Key, Wanted], *, school: School, now: datetime) -> Remade:
    remade = Remade([], [], [])
    for key, one in wanted.items():
        row = known.get(key)
        if row is None:
            if one.window.due_at > now:
                remade.added.append(_made(key, one, school))
        elif _follows(row, now) and _differs(row, one) and one.window.due_at > now:
            remade.moved.append(_set(row, one))
    for key, row in known.items():
        if key not in wanted and row.state == RoundState.PLANNED and _follows(row, now):
            row.state = RoundState.DROPPED
            remade.dropped.append(row)
    return remade


def _follows(row: Round, now: datetime) -> bool:
    """Say whether a round can still change; one whose time has come belongs to the engine, however late that is."""
    return row.state == RoundState.DROPPED or (row.state in NOT_OPENED and row.opens_at > now)


def _differs(row: Round, one: Wanted) -> bool:
    stands = Window(row.opens_at, row.due_at, row.late_at)
    return row.state == RoundState.DROPPED or stands != one.window or row.rulebook_id != one.version_id


def _made(key: Key, one: Wanted, school: School) -> Round:
    unit_id, plan, day, turn = key
    return _set(Round(school=school, unit_id=unit_id, plan=plan, day=day, turn=turn), one)


def _set(row: Round, one: Wanted) -> Round:
    row.opens_at, row.due_at, row.late_at = one.window.opens_at, one.window.due_at, one.window.late_at
    row.rulebook_id, row.asked, row.state = one.version_id, one.plan.asked, RoundState.PLANNED
    return row


def _store(remade: Remade, now: datetime) -> None:
    Round.objects.bulk_create(remade.added, batch_size=BATCH)
    changed = [*remade.moved, *remade.dropped]
    if changed:
        fields = ("opens_at", "due_at", "late_at", "rulebook_id", "asked", "state")
        Round.objects.bulk_update(changed, fields, batch_size=BATCH)
        timers_stop_all(
            subject_kind=SUBJECT_KIND, subject_ids=[row.id for row in changed], now=now, reason="rounds_remade"
        )
    armed = (*remade.added, *remade.moved)
    timers_arm(drafts=[timer_of(row, ruleset_get(row.rulebook_id).round_plans[row.plan]) for row in armed], now=now)


def timer_of(row: Round, plan: RoundPlan) -> TimerDraft:
    """Return the timer of a round: it opens it, reminds, and climbs the ladder of its plan."""
    ladder = rungs_of(plan=plan, window=Window(row.opens_at, row.due_at, row.late_at))
    return TimerDraft(SUBJECT_KIND, row.id, CLOCK, ladder, repeat_every=None)
