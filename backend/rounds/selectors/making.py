"""Reads for making rounds ahead: scoped to nobody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from backend.calendars.rules import Hours
from backend.calendars.selectors import calendar_rules, term_beginnings
from backend.calendars.working_time import first_instant
from backend.organisation.models import School, Unit
from backend.rounds.models import Round
from backend.rulebook.each_school import schools_working
from backend.rulebook.recurring import Occasion, occasions
from backend.rulebook.round_rules import Comes, UnitsAsked
from backend.rulebook.selectors import stretches_of, units_by_target


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """The terms and school days of a school; without a calendar every day is one, and there are no terms."""

    terms: Sequence[date]
    is_school_day: Callable[[date], bool]

    def times(self, comes: Comes, *, since: date, until: date) -> list[Occasion]:
        """Return the times at which an inspection comes."""
        return occasions(comes, since=since, until=until, terms=self.terms, is_school_day=self.is_school_day)


def school_year(*, school: School) -> SchoolYear:
    """Read the terms and school days of a school; eight statements where it has a calendar."""
    if school.calendar_id is None:
        return SchoolYear((), lambda _day: True)
    rules = calendar_rules(calendar_id=school.calendar_id, zone=school.time_zone)
    return SchoolYear(term_beginnings(calendar_id=school.calendar_id), rules.is_school_day)


def schools_with_plans() -> list[tuple[School, int]]:
    """Return the schools that work with the system and whose rulebook in use has rounds, with its version."""
    return schools_working(having=lambda rules: rules.round_plans)


def school_hours(*, school: School, days: Sequence[date]) -> dict[date, Sequence[Hours]]:
    """Return the school days among some days, each with its hours; without a calendar all days, without any."""
    if school.calendar_id is None:
        return dict.fromkeys(days, ())
    rules = calendar_rules(calendar_id=school.calendar_id, zone=school.time_zone)
    return {day: rules.hours_on(day) for day in days if rules.is_school_day(day)}


def units_asked(*, school: School) -> UnitsAsked:
    """Return the units of a school that plans can ask; one query."""
    return units_by_target(Unit.objects.filter(school=school).order_by("code"))


def versions_of(*, school: School, days: Sequence[date], zone: ZoneInfo, usual: int) -> Mapping[date, int]:
    """Return the rules by which a school works on each of the days: the usual ones, within a special period others."""
    starts = {day: first_instant(datetime.combine(day, time.min), zone) for day in days}
    stretches = stretches_of(school_id=school.id, since=starts[days[0]])
    return {
        day: next((one.version_id for one in stretches if one.starts_at <= start < one.ends_at), usual)
        for day, start in starts.items()
    }


def rounds_ahead_lock(*, school: School, since: date) -> list[Round]:
    """Return the rounds of a school's plans from a day on, locked; of two that make them at once the second waits.

    What somebody asked for, or inspections that the calendar brings, are made elsewhere.
    """
    School.objects.select_for_update(no_key=True).get(id=school.id)
    rounds = Round.objects.select_for_update(of=("self",), no_key=True).filter(school=school, day__gte=since)
    return list(rounds.filter(inspected=None).order_by("id"))
