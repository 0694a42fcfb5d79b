"""The figures of a period and of a month, in as many statements for a million tickets as for ten."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from backend.insights.selectors.extents import Reach, reach_of, reach_of_school
from backend.insights.shapes import (
    AGES,
    DAYS,
    HOURS,
    MOST_REPEATS,
    NO_TIMES,
    NOTHING,
    USUAL_WEEKS,
    ConfidentialMonth,
    Figures,
    InHand,
    Monthly,
    Named,
    Narrowing,
    Part,
    Period,
    Repeated,
    Tally,
    Times,
    Veiled,
    month_of,
    months_of,
    weeks_until,
)
from backend.insights.statements import ALL_FIGURES, CONFIDENTIAL, ONLY_TALLIES, ZONES_APART, Asked
from backend.insights.veiling import FEWEST, rounded_down, shown_of, sum_shown
from backend.organisation.actors import Actor
from backend.organisation.models import School, Unit
from backend.organisation.permissions import Permission
from backend.rulebook.ruleset import Confidentiality
from backend.rulebook.wording import Group

OPEN = (Confidentiality.K0,)
ALTOGETHER, BY_WEEK, BY_PART, BY_GROUP = 0b111, 0b011, 0b101, 0b110
"""The values of PostgreSQL's grouping(): a bit for each column by which a row is not divided."""


@dataclass(frozen=True, slots=True)
class Tallies:
    """The tallies of one question, altogether and in each way in which they are divided."""

    total: Tally
    weeks: Mapping[date, Tally]
    parts: Mapping[UUID, Tally]
    groups: Mapping[str, Tally]


def figures_of(*, actor: Actor, period: Period | None, narrowing: Narrowing, now: datetime) -> Figures:
    """Return the figures of a period (None: twelve weeks) that somebody may read, narrowed to what they chose.

    Raise PermissionDenied for whoever reads none, NotFound where they chose what is not theirs.
    """
    actor.require(Permission.FIGURES_READ)
    reach = reach_of(actor=actor)
    reach.check(narrowing)
    period = period or weeks_until(today=reach.today(now), weeks=USUAL_WEEKS)
    return figures_within(reach=reach, period=period, narrowing=narrowing, now=now)


def figures_within(*, reach: Reach, period: Period, narrowing: Narrowing, now: datetime) -> Figures:
    """Return the figures of a period within what somebody may count."""
    return _figures(Asked(reach.countable, period, narrowing, reach.groups), reach, now)[0]


def confidential_within(*, reach: Reach, period: Period, now: datetime) -> list[ConfidentialMonth]:
    """Return the confidential reports of the whole months of a period within what somebody may count."""
    return _confidential(Asked(reach.countable, period, Narrowing(), reach.groups), reach, now)


def monthly(*, actor: Actor, school_id: UUID, year: int, month: int, now: datetime) -> Monthly:
    """Return a month of one school as somebody may read it; NotFound for a school they count nothing of.

    The month before is there to compare with; of a month that is not over it holds what there is.
    """
    actor.require(Permission.FIGURES_READ)
    reach = reach_of_school(actor=actor, school_id=school_id)
    period = month_of(year=year, month=month)
    last = period.first - timedelta(days=1)
    narrowing = Narrowing(school=school_id)
    asked = Asked(reach.countable, period, narrowing, reach.groups)
    figures, tallies = _figures(asked, reach, now)
    month_before = replace(asked, period=month_of(year=last.year, month=last.month))
    before = _tallies([row for _kind, row in month_before.rows(ONLY_TALLIES, seals=OPEN)])
    school = next(school for school in reach.schools if school.id == school_id)
    groups = {group: tallies.groups.get(group, NOTHING) for group in Group}
    if reach.by_school:
        figures = replace(figures, confidential=_of_school(figures.confidential, school_id))
    return Monthly(_named(school), figures, before.total, groups)


def _figures(asked: Asked, reach: Reach, now: datetime) -> tuple[Figures, Tallies]:
    rows: defaultdict[str, list[Sequence[Any]]] = defaultdict(list)
    for kind, row in asked.rows(ALL_FIGURES, seals=OPEN, now=now, ages=list(AGES), most=MOST_REPEATS):
        rows[kind].append(row)
    found = _tallies(rows["tally"])
    ages = {int(bucket): count for bucket, count in rows["age"]}
    hours = {(day, hour): count for day, hour, count in rows["hour"]}
    figures = Figures(
        period=asked.period,
        total=found.total,
        weeks={week: found.weeks.get(week, NOTHING) for week in asked.period.weeks},
        parts=_parts(reach, found.parts),
        hands=_hands(reach, rows["hand"]),
        ages=[ages.get(bucket, 0) for bucket in range(len(AGES) + 1)],
        hours=[[hours.get((day, hour), 0) for hour in range(HOURS)] for day in range(1, DAYS + 1)],
        repeated=_repeated(rows["repeated"], reach),
        confidential=_confidential(asked, reach, now),
    )
    return figures, found


def _tallies(rows: Iterable[Sequence[Any]]) -> Tallies:
    ways: dict[int, dict[Any, Tally]] = {ALTOGETHER: {}, BY_WEEK: {}, BY_PART: {}, BY_GROUP: {}}
    for way, week, part, group, *numbers in rows:
        key = {ALTOGETHER: None, BY_WEEK: week, BY_PART: part, BY_GROUP: group}[way]
        ways[way][key] = _tally(numbers)
    return Tallies(
        total=ways[ALTOGETHER].get(None, NOTHING),
        weeks={date.fromisoformat(week): tally for week, tally in ways[BY_WEEK].items()},
        parts={UUID(part): tally for part, tally in ways[BY_PART].items()},
        groups=ways[BY_GROUP],
    )


def _tally(numbers: Sequence[Any]) -> Tally:
    filed, incidents, hazards, near_misses, *rest = numbers
    return Tally(filed, incidents, hazards, near_misses, _times(*rest[:2]), _times(*rest[2:4]), *rest[4:])


def _times(count: int, seconds: Sequence[float] | None) -> Times:
    median, p90 = [timedelta(milliseconds=round(each * 1000)) for each in seconds or ()] or (None, None)
    return Times(count, median, p90)


def _parts(reach: Reach, tallies: Mapping[UUID, Tally]) -> list[Part]:
    return [Part(_named(part), tallies[part.id]) for part in reach.parts if part.id in tallies]


def _hands(reach: Reach, rows: Iterable[Sequence[Any]]) -> list[InHand]:
    times = {UUID(part): _times(*measured) for part, *measured in rows}
    return [InHand(_named(part), times[part.id]) for part in reach.parts if part.id in times]


def _repeated(rows: Iterable[Sequence[Any]], reach: Reach) -> list[Repeated]:
    schools = {str(school.id): _named(school) for school in reach.schools}
    categories = {code: Named(code, each.name_zh, each.name_en) for code, each in reach.categories.items()}
    found = [
        Repeated(
            schools[school],
            Named(place, zh, en),
            categories.get(code, Named(code, code, code)),
            count,
            datetime.fromtimestamp(last_at, UTC),
        )
        for school, place, zh, en, code, count, last_at in rows
    ]
    return sorted(found, key=lambda row: (-row.count, -row.last_at.timestamp(), row.place.key, row.category.key))


def _named(thing: School | Unit) -> Named:
    return Named(str(thing.id), thing.name_zh, thing.name_en)


def _confidential(asked: Asked, reach: Reach, now: datetime) -> list[ConfidentialMonth]:
    """Count confidential reports by whole months and over all the reader may count, whatever they chose."""
    months = months_of(asked.period)
    whole = replace(asked, period=Period(months[0].first, months[-1].last), narrowing=Narrowing())
    rows = whole.rows(CONFIDENTIAL, seals=sorted(reach.countable.classes - set(OPEN)))
    found = {(month, str(heading)): numbers for month, heading, *numbers in rows}
    keys = [str(part.id) for part in reach.parts] if reach.by_school else [str(group) for group in Group]
    return [_month(month, {key: found.get((month.first, key)) for key in keys}, now) for month in months]


def _month(month: Period, counted: Mapping[str, Sequence[Any] | None], now: datetime) -> ConfidentialMonth:
    # By then it is over in every time zone, and the last minute of it is counted.
    is_over = now >= datetime.combine(month.after, time(), UTC) + ZONES_APART
    parts = [_veiled(key, numbers, is_final=is_over) for key, numbers in counted.items()]
    total = Veiled("", sum_shown([part.shown for part in parts]), NO_TIMES, NO_TIMES)
    return ConfidentialMonth(month.first, is_over, total, parts)


def _of_school(months: Sequence[ConfidentialMonth], school_id: UUID) -> list[ConfidentialMonth]:
    """Return one school's line of the confidential reports that the bureau counts by school."""
    own = [next(part for part in month.parts if part.key == str(school_id)) for month in months]
    return [replace(month, total=part, parts=()) for month, part in zip(months, own, strict=True)]


def _veiled(key: str, numbers: Sequence[Any] | None, *, is_final: bool) -> Veiled:
    """Return a number that may be shown with its times; of few, or while it grows, times would tell of single ones."""
    filed, *measured = numbers or (0, 0, None, 0, None)
    shown = shown_of(filed, is_final=is_final)
    times = (_times(*measured[:2]), _times(*measured[2:]))
    is_timed = is_final and shown.count is not None
    return Veiled(key, shown, *(_veiled_times(each) if is_timed else NO_TIMES for each in times))


def _veiled_times(times: Times) -> Times:
    """Return times of five or more; how many were measured, in steps, since the others are fewer than five."""
    return replace(times, count=rounded_down(times.count)) if times.count >= FEWEST else NO_TIMES
