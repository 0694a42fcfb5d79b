"""The calendar of a school as frozen rules."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from backend.organisation.calendars import CalendarRules, Hours, Period, SpecialDay, WeeklyTemplate
from backend.organisation.models import Calendar, CalendarDay, WeeklyHours


def calendar_rules(*, calendar_id: UUID) -> CalendarRules:
    """Return the rules of a calendar as they are now, in five queries."""
    calendar = Calendar.objects.select_related("school").prefetch_related("hours", "days", "periods__hours")
    found = calendar.get(id=calendar_id)
    periods = sorted(found.periods.all(), key=lambda period: period.first)
    return CalendarRules(
        zone=found.school.time_zone,
        published_until=found.published_until,
        weekly=_weekly(found.hours.all()),
        periods=tuple(Period(period.first, period.last, _weekly(period.hours.all())) for period in periods),
        days={row.day: _special(row) for row in found.days.all()},
    )


def _weekly(rows: Iterable[WeeklyHours]) -> WeeklyTemplate:
    weekly: defaultdict[int, list[Hours]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.opens):
        weekly[row.weekday].append(Hours(row.opens, row.closes))
    return {weekday: tuple(hours) for weekday, hours in weekly.items()}


def _special(row: CalendarDay) -> SpecialDay:
    hours = Hours(row.opens, row.closes) if row.opens is not None and row.closes is not None else None
    return SpecialDay(row.works_as_weekday, hours)
