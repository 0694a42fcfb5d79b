"""A calendar in the form of a calendar's file: in a fixed order, equal hours and neighbouring days written together."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Any

from backend.calendars.models import Calendar, CalendarDay, WeeklyHours

A_DAY = timedelta(days=1)


def calendar_content(*, calendar: Calendar) -> dict[str, Any]:
    """Return everything a calendar says of its own; days of the public table are not among it."""
    return {
        "name": {"zh": calendar.name_zh, "en": calendar.name_en},
        "published_until": calendar.published_until.isoformat(),
        "hours": _hours(calendar.hours.all()),
        "terms": [
            {"name": {"zh": row.name_zh, "en": row.name_en}, "first": f"{row.first}", "last": f"{row.last}"}
            for row in calendar.terms.order_by("first")
        ],
        "periods": [
            {"first": f"{row.first}", "last": f"{row.last}", "note": row.note, "hours": _hours(row.hours.all())}
            for row in calendar.periods.order_by("first").prefetch_related("hours")
        ],
        "yearly": [{"day": str(row), "note": row.note} for row in calendar.yearly.order_by("month", "day_of_month")],
        "days": _days(calendar.days.filter(is_published=False).order_by("day")),
    }


def public_days_free(*, calendar: Calendar) -> set[date]:
    """Return the days of the public table on which nobody works."""
    days = calendar.days.filter(is_published=True, works_as_weekday=None, opens=None)
    return set(days.values_list("day", flat=True))


def _hours(rows: Iterable[WeeklyHours]) -> list[dict[str, Any]]:
    weekdays: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        weekdays[f"{row.opens:%H:%M}", _closing(row.closes)].append(row.weekday)
    found = sorted((sorted(days), opens, closes) for (opens, closes), days in weekdays.items())
    return [{"weekdays": days, "opens": opens, "closes": closes} for days, opens, closes in found]


def _days(rows: Iterable[CalendarDay]) -> list[dict[str, Any]]:
    spans: list[dict[str, Any]] = []
    before: tuple[date, dict[str, Any]] | None = None
    for row in rows:
        content = _day_content(row)
        if before is not None and (row.day - before[0], content) == (A_DAY, before[1]):
            spans[-1]["last"] = row.day.isoformat()
        else:
            spans.append({"first": row.day.isoformat(), **content})
        before = (row.day, content)
    return spans


def _day_content(row: CalendarDay) -> dict[str, Any]:
    content: dict[str, Any] = {"note": row.note}
    if row.works_as_weekday is not None:
        content["works_as"] = row.works_as_weekday
    if row.opens is not None and row.closes is not None:
        content |= {"opens": f"{row.opens:%H:%M}", "closes": _closing(row.closes)}
    return content


def _closing(closes: time) -> str:
    return "24:00" if closes == time.min else f"{closes:%H:%M}"
