"""A calendar as frozen rules, and compiled to working time."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from backend.calendars.models import Calendar, CalendarDay, Term, WeeklyHours
from backend.calendars.rules import CalendarRules, Hours, Period, SpecialDay, WeeklyTemplate
from backend.calendars.working_time import WorkingTime, working_time_compile

YEARS_BACK = 3
YEARS_AHEAD = 2


def calendar_rules(*, calendar_id: UUID, zone: str) -> CalendarRules:
    """Return the rules of a calendar as they are now, used in a time zone, in six queries."""
    found = Calendar.objects.prefetch_related("hours", "days", "periods__hours", "yearly").get(id=calendar_id)
    periods = sorted(found.periods.all(), key=lambda period: period.first)
    return CalendarRules(
        zone=zone,
        published_until=found.published_until,
        weekly=_weekly(found.hours.all()),
        periods=tuple(Period(period.first, period.last, _weekly(period.hours.all())) for period in periods),
        days={row.day: _special(row) for row in found.days.all()},
        yearly=frozenset((row.month, row.day_of_month) for row in found.yearly.all()),
    )


def term_beginnings(*, calendar_id: UUID) -> list[date]:
    """Return the first days of the terms of a calendar."""
    return list(Term.objects.filter(calendar=calendar_id).order_by("first").values_list("first", flat=True))


def working_time_get(*, calendar_id: UUID, version: int, zone: str, now: datetime) -> WorkingTime:
    """Return a calendar's working time from three years back to the end of the second year after this one.

    Read once per process, version, zone and year. The caller read the version before, so when the calendar changes
    meanwhile the newest rules may stand under the version before; the change's own version then finds those timers.
    """
    return _working_time(calendar_id, version, zone, now.year)


@lru_cache(maxsize=64)
def _working_time(calendar_id: UUID, version: int, zone: str, year: int) -> WorkingTime:
    return working_time_compile(
        rules=calendar_rules(calendar_id=calendar_id, zone=zone),
        version=version,
        first=date(year - YEARS_BACK, 1, 1),
        last=date(year + YEARS_AHEAD, 12, 31),
    )


def _weekly(rows: Iterable[WeeklyHours]) -> WeeklyTemplate:
    weekly: defaultdict[int, list[Hours]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.opens):
        weekly[row.weekday].append(Hours(row.opens, row.closes))
    return {weekday: tuple(hours) for weekday, hours in weekly.items()}


def _special(row: CalendarDay) -> SpecialDay:
    hours = Hours(row.opens, row.closes) if row.opens is not None and row.closes is not None else None
    return SpecialDay(row.works_as_weekday, hours)
