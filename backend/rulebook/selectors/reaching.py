"""Reads of who is told of a report of each category, now and over the coming weeks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.duty.reach import PassedOver
from backend.duty.selectors import directory_load
from backend.organisation.models import Person, School, Unit
from backend.organisation.selectors.invitations import people_coming
from backend.rulebook.causes import Causes, causes_of
from backend.rulebook.coverage import Interval
from backend.rulebook.findings import Finding
from backend.rulebook.ruleset import LEAD_GRADE, Category, ClockName, Ruleset
from backend.rulebook.selectors.checking import (
    Checked,
    Offices,
    coverage_of,
    offices_of,
    ruleset_check,
    ruleset_check_with,
)
from backend.rulebook.steps_in_words import Asked, Spans, Told, holes_of_categories, steps_told


@dataclass(frozen=True, slots=True)
class CategoryReach:
    """The people told of a report of a category by day and by night, and when some step of it would reach nobody.

    `waits` says that some step reaches somebody only when people have accepted their invitations, `speaks_for_others`
    that other units answer in their cases as this one does.
    """

    category: Category
    office: str
    by_day: Sequence[Told]
    by_night: Sequence[Told]
    holes: Spans
    waits: bool
    speaks_for_others: bool


@dataclass(frozen=True, slots=True)
class ReachTable:
    """All categories of a school over a span of time, what was found in words, and the names of the people.

    It holds once everybody who has an address has accepted the invitation (`coming` have not yet); `awaited` are those
    of them by whom alone a step reaches somebody. What is found all the same are holes, with their causes.
    """

    rows: Sequence[CategoryReach]
    findings: Sequence[Finding]
    warnings: Sequence[Finding]
    causes: Causes
    lacks_office: bool
    awaited: Sequence[UUID]
    coming: Collection[UUID]
    people: Mapping[UUID, str]
    units: Mapping[UUID, Unit]
    since: datetime
    until: datetime


def reach_table(*, school: School, ruleset: Ruleset, since: datetime) -> ReachTable:
    """Return who is reached for each category from now on for four weeks; seven queries for any size of school."""
    now = ruleset_check(school=school, ruleset=ruleset, since=since)
    coming = people_coming(school=school, at=since)
    found = ruleset_check_with(checked=now, school=school, ruleset=ruleset, reached=coming)
    holes, waiting = (holes_of_categories(gaps=each.gaps, uses=each.uses) for each in (found, now))
    day, night = (_first(found, at_night=at_night) for at_night in (False, True))
    rows = [
        CategoryReach(
            category=category,
            office=_office(found, category),
            by_day=_steps(ruleset, category, found, day, school),
            by_night=_steps(ruleset, category, found, night, school),
            holes=holes.get(category.code, ()),
            waits=category.code in waiting and category.code not in holes,
            speaks_for_others=category.lead == LEAD_GRADE and len(found.owners[category.code]) > 1,
        )
        for category in ruleset.categories.values()
    ]
    coverage = coverage_of(checked=found, ruleset=ruleset, since=since)
    causes = causes_of(gaps=found.gaps, intervals=found.intervals, school_id=school.id)
    awaited = _awaited(now, coming)
    return ReachTable(
        rows=rows,
        findings=coverage.findings,
        warnings=coverage.warnings,
        causes=causes,
        lacks_office=any(_lacks_office(category, found.offices) for category in ruleset.categories.values()),
        awaited=awaited,
        coming=coming,
        people=_names(rows, [*awaited, *(person for people in causes.people.values() for person in people)]),
        units=found.offices.units,
        since=since,
        until=found.until,
    )


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


def _lacks_office(category: Category, offices: Offices) -> bool:
    return not all(offices.led_by(lead) for lead in category.leads)


def _awaited(now: Checked, coming: Collection[UUID]) -> tuple[UUID, ...]:
    skips = [skip for gap in now.gaps if gap.only is None for skip in gap.skips]
    unreached = [skip.person_id for skip in skips if skip.reason is PassedOver.NO_CHANNEL]
    return tuple(dict.fromkeys(person for person in unreached if person is not None and person in coming))


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
