"""Filling a calendar from a checked file; the version rises only when something differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from backend.calendars.models import Calendar, CalendarDay, CalendarPeriod, DutyHours, Term, WorkingHours, YearlyHoliday
from backend.calendars.rules import closing_time
from backend.calendars.services.versions import calendar_raise_version

HoursRow = tuple[int, time, time]
PeriodRow = tuple[date, date, str, frozenset[HoursRow]]
TermRow = tuple[str, str, date, date]
YearlyRow = tuple[int, int, str]
DayRow = tuple[date, int | None, time | None, time | None, str]


@dataclass(frozen=True, slots=True)
class CalendarLayout:
    """The rows of a calendar without their ids, so that two can be compared."""

    hours: frozenset[HoursRow]
    periods: frozenset[PeriodRow]
    terms: frozenset[TermRow]
    days: frozenset[DayRow]
    yearly: frozenset[YearlyRow]


@transaction.atomic
def calendar_fill(*, calendar: Calendar, content: Mapping[str, Any]) -> Calendar:
    """Give a locked calendar what a checked file says; the version rises only when something differs.

    The file replaces every day that was set by hand. Published days stay, but for those that the file sets, and a
    calendar that was published further than the file says stays published so far.
    """
    fields = fields_of(content)
    fields["published_until"] = max(fields["published_until"], calendar.published_until)
    laid_out = CalendarLayout(
        _hours_of(content["hours"]),
        _periods_of(content),
        _terms_of(content),
        _days_of(content["days"]),
        _yearly_of(content),
    )
    if calendar.version and _stored(calendar) == (fields, laid_out):
        return calendar
    _calendar_empty(calendar, laid_out)
    _calendar_store(calendar, laid_out)
    calendar_raise_version(calendar=calendar, **fields)
    return calendar


def _calendar_empty(calendar: Calendar, laid_out: CalendarLayout) -> None:
    for rows in (calendar.hours, calendar.periods, calendar.terms, calendar.yearly):
        rows.all().delete()
    set_by_file = [row[0] for row in laid_out.days]
    calendar.days.filter(Q(is_published=False) | Q(day__in=set_by_file)).delete()


def _calendar_store(calendar: Calendar, laid_out: CalendarLayout) -> None:
    WorkingHours.objects.bulk_create(
        WorkingHours(calendar=calendar, weekday=weekday, opens=opens, closes=closes)
        for weekday, opens, closes in laid_out.hours
    )
    for first, last, note, hours in laid_out.periods:
        period = CalendarPeriod.objects.create(calendar=calendar, first=first, last=last, note=note)
        DutyHours.objects.bulk_create(
            DutyHours(period=period, weekday=weekday, opens=opens, closes=closes) for weekday, opens, closes in hours
        )
    Term.objects.bulk_create(
        Term(calendar=calendar, name_zh=name_zh, name_en=name_en, first=first, last=last)
        for name_zh, name_en, first, last in laid_out.terms
    )
    YearlyHoliday.objects.bulk_create(
        YearlyHoliday(calendar=calendar, month=month, day_of_month=day, note=note)
        for month, day, note in laid_out.yearly
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(calendar=calendar, day=day, works_as_weekday=weekday, opens=opens, closes=closes, note=note)
        for day, weekday, opens, closes, note in laid_out.days
    )


def fields_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the name of the calendar in a checked file, and until when its holidays are known."""
    return {
        "name_zh": content["name"]["zh"],
        "name_en": content["name"]["en"],
        "published_until": date.fromisoformat(content["published_until"]),
    }


def _hours_of(rows: Sequence[Mapping[str, Any]]) -> frozenset[HoursRow]:
    return frozenset(
        (weekday, time.fromisoformat(row["opens"]), closing_time(row["closes"]))
        for row in rows
        for weekday in row["weekdays"]
    )


def _periods_of(content: Mapping[str, Any]) -> frozenset[PeriodRow]:
    return frozenset(
        (date.fromisoformat(row["first"]), date.fromisoformat(row["last"]), row["note"], _hours_of(row["hours"]))
        for row in content.get("periods", ())
    )


def _terms_of(content: Mapping[str, Any]) -> frozenset[TermRow]:
    return frozenset(
        (row["name"]["zh"], row["name"]["en"], date.fromisoformat(row["first"]), date.fromisoformat(row["last"]))
        for row in content.get("terms", ())
    )


def _yearly_of(content: Mapping[str, Any]) -> frozenset[YearlyRow]:
    rows = content.get("yearly", ())
    return frozenset((int(row["day"][:2]), int(row["day"][3:]), row["note"]) for row in rows)


def _days_of(rows: Sequence[Mapping[str, Any]]) -> frozenset[DayRow]:
    days: set[DayRow] = set()
    for row in rows:
        first, last = date.fromisoformat(row["first"]), date.fromisoformat(row.get("last", row["first"]))
        opens, closes = (closing_time(row[key]) if key in row else None for key in ("opens", "closes"))
        span = range((last - first).days + 1)
        days |= {(first + timedelta(days=offset), row.get("works_as"), opens, closes, row["note"]) for offset in span}
    return frozenset(days)


def _stored(calendar: Calendar) -> tuple[dict[str, Any], CalendarLayout]:
    fields = {name: getattr(calendar, name) for name in ("name_zh", "name_en", "published_until")}
    hours = frozenset(calendar.hours.values_list("weekday", "opens", "closes"))
    periods = frozenset(
        (row.first, row.last, row.note, frozenset((day.weekday, day.opens, day.closes) for day in row.hours.all()))
        for row in calendar.periods.prefetch_related("hours")
    )
    terms = frozenset(calendar.terms.values_list("name_zh", "name_en", "first", "last"))
    own = calendar.days.filter(is_published=False)
    days = frozenset(own.values_list("day", "works_as_weekday", "opens", "closes", "note"))
    yearly = frozenset(calendar.yearly.values_list("month", "day_of_month", "note"))
    return fields, CalendarLayout(hours, periods, terms, days, yearly)
