"""Reads of who is told of a report of each category, now and over the coming weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.duty.reach import PassedOver
from backend.duty.selectors import directory_load
from backend.organisation.models import Person, School
from backend.organisation.roles import Role
from backend.rulebook.coverage import Interval
from backend.rulebook.findings import Finding
from backend.rulebook.ruleset import Category, ClockName, Ruleset
from backend.rulebook.selectors.checking import Checked, coverage_of, offices_of, ruleset_check
from backend.rulebook.steps_in_words import Asked, Spans, Told, holes_of_categories, steps_told


@dataclass(frozen=True, slots=True)
class CategoryReach:
    """The people told of a report of a category by day and by night, and when some step of it would reach nobody."""

    category: Category
    office: str
    by_day: Sequence[Told]
    by_night: Sequence[Told]
    holes: Spans


@dataclass(frozen=True, slots=True)
class Missing:
    """The causes of the holes: posts that nobody holds, people without a way to be reached, and people who are away."""

    vacant: tuple[Role, ...]
    unreached: tuple[UUID, ...]
    away: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class ReachTable:
    """All categories of a school over a span of time, what was found in words, and the names of the people."""

    rows: Sequence[CategoryReach]
    findings: Sequence[Finding]
    warnings: Sequence[Finding]
    missing: Missing
    people: Mapping[UUID, str]
    since: datetime
    until: datetime


def reach_table(*, school: School, ruleset: Ruleset, since: datetime) -> ReachTable:
    """Return who is reached for each category from now on for four weeks; eight queries for any size of school."""
    found = ruleset_check(school=school, ruleset=ruleset, since=since)
    holes = holes_of_categories(gaps=found.gaps, uses=found.uses)
    day, night = (_first(found, at_night=at_night) for at_night in (False, True))
    rows = [
        CategoryReach(
            category=category,
            office=_office(found, category),
            by_day=_steps(ruleset, category, found, day, school),
            by_night=_steps(ruleset, category, found, night, school),
            holes=holes.get(category.code, ()),
        )
        for category in ruleset.categories.values()
    ]
    coverage = coverage_of(checked=found, ruleset=ruleset, since=since)
    missing = _missing(found)
    people = _names(rows, [*missing.unreached, *missing.away])
    return ReachTable(rows, coverage.findings, coverage.warnings, missing, people, since, found.until)


def _first(found: Checked, *, at_night: bool) -> Interval | None:
    return next((interval for interval in found.intervals if interval.at_night == at_night), None)


def _steps(
    ruleset: Ruleset, category: Category, found: Checked, interval: Interval | None, school: School
) -> list[Told]:
    if interval is None:
        return []
    unit_id = next(iter(found.owners[category.code]), None)
    asked = Asked(interval.directory, school.id, unit_id, interval.at_night)
    return steps_told(ruleset=ruleset, category=category, asked=asked, clock=ClockName.ACKNOWLEDGE)


def _office(found: Checked, category: Category) -> str:
    owners = found.owners[category.code]
    return str(found.offices.units[owners[0]]) if owners else ""


def _missing(found: Checked) -> Missing:
    skips = [skip for gap in found.gaps if gap.only is None for skip in gap.skips]
    vacant = dict.fromkeys(skip.role for skip in skips if skip.reason is PassedOver.VACANT)
    people = {
        reason: dict.fromkeys(skip.person_id for skip in skips if skip.person_id and skip.reason is reason)
        for reason in (PassedOver.NO_CHANNEL, PassedOver.ABSENT)
    }
    return Missing(tuple(vacant), tuple(people[PassedOver.NO_CHANNEL]), tuple(people[PassedOver.ABSENT]))


def _names(rows: Sequence[CategoryReach], more: Sequence[UUID]) -> dict[UUID, str]:
    ids = {person for row in rows for told in (*row.by_day, *row.by_night) for person in told.people} | {*more}
    return dict(Person.objects.filter(id__in=ids).values_list("id", "name"))


@dataclass(frozen=True, slots=True)
class CategoryAnswer:
    """The people told of a report of one category that comes at an instant, by each clock that nobody stops."""

    category: Category
    office: str
    at_night: bool
    clocks: Mapping[ClockName, Sequence[Told]]
    people: Mapping[UUID, str]


def category_answer(*, school: School, ruleset: Ruleset, code: str, at: datetime) -> CategoryAnswer:
    """Return who is told of a report of a category at an instant; five queries."""
    category = ruleset.categories[code]
    offices = offices_of(school)
    unit_id = next(iter(offices.owners_of(category)), None)
    asked = Asked(
        directory=directory_load(school_ids=[school.id], now=at),
        school_id=school.id,
        unit_id=unit_id,
        at_night=ruleset.is_night(at=at, zone=school.time_zone),
    )
    names = ruleset.clocks_of(category=code, severity=category.severity)
    clocks = {
        name: steps_told(ruleset=ruleset, category=category, asked=asked, clock=name)
        for name in ClockName
        if name in names
    }
    ids = {person for steps in clocks.values() for told in steps for person in told.people}
    people = dict(Person.objects.filter(id__in=ids).values_list("id", "name"))
    office = str(offices.units[unit_id]) if unit_id else ""
    return CategoryAnswer(category, office, asked.at_night, clocks, people)
