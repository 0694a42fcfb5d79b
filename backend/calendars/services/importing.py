"""Filling a calendar from a checked file; the version rises only when something differs."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from backend.calendars.models import Calendar, CalendarPeriod, DutyHours
from backend.calendars.rules import closing_time
from backend.calendars.services.versions import calendar_raise_version
from backend.common.recording import ROWS_AT_ONCE, bulk_record

HoursRow = tuple[int, time, time]
PeriodRow = tuple[date, date, str, frozenset[HoursRow]]
TermRow = tuple[str, str, date, date]
YearlyRow = tuple[int, int, str]
DayRow = tuple[date, int | None, time | None, time | None, str]
HOURS_FIELDS = ("weekday", "opens", "closes")
TERM_FIELDS = ("name_zh", "name_en", "first", "last")
YEARLY_FIELDS = ("month", "day_of_month", "note")
DAY_FIELDS = ("day", "works_as_weekday", "opens", "closes", "note")


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
    _calendar_store(calendar, laid_out)
    calendar_raise_version(calendar=calendar, **fields)
    return calendar


def _calendar_store(calendar: Calendar, laid_out: CalendarLayout) -> None:
    """Remove what differs and write it anew; what is as it was stays, so that the record names the changes alone."""
    own = {"calendar": calendar}
    calendar.days.filter(is_published=True, day__in=[row[0] for row in laid_out.days]).delete()
    added = [
        *_rows_put(calendar.hours.all(), HOURS_FIELDS, laid_out.hours, own),
        *_periods_put(calendar, laid_out.periods),
        *_rows_put(calendar.terms.all(), TERM_FIELDS, laid_out.terms, own),
        *_rows_put(calendar.yearly.all(), YEARLY_FIELDS, laid_out.yearly, own),
        *_rows_put(calendar.days.filter(is_published=False), DAY_FIELDS, laid_out.days, own),
    ]
    bulk_record(before=[None] * len(added), after=added)


def _rows_put(
    stored: QuerySet[Any], fields: Sequence[str], wanted: Collection[tuple[Any, ...]], own: Mapping[str, Any]
) -> list[Any]:
    """Give a table these rows, each by the values of its fields; return those that are new."""
    known = {tuple(values): pk for pk, *values in stored.values_list("pk", *fields)}
    gone = [pk for values, pk in known.items() if values not in wanted]
    if gone:
        stored.filter(pk__in=gone).delete()
    new = [values for values in sorted(wanted, key=str) if values not in known]
    rows = [stored.model(**dict(zip(fields, values, strict=True)), **own) for values in new]
    added: list[Any] = stored.model.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    return added


def _periods_put(calendar: Calendar, wanted: Collection[PeriodRow]) -> list[Any]:
    """Do the same with the long holidays; one whose hours differ is another one."""
    known = {row: period.pk for row, period in _periods_stored(calendar)}
    gone = [pk for row, pk in known.items() if row not in wanted]
    if gone:
        calendar.periods.filter(pk__in=gone).delete()
    new = sorted(set(wanted) - known.keys(), key=str)
    periods = [CalendarPeriod(calendar=calendar, first=row[0], last=row[1], note=row[2]) for row in new]
    CalendarPeriod.objects.bulk_create(periods)
    hours = [
        DutyHours(period=period, **dict(zip(HOURS_FIELDS, values, strict=True)))
        for period, row in zip(periods, new, strict=True)
        for values in sorted(row[3])
    ]
    return [*periods, *DutyHours.objects.bulk_create(hours)]


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
    hours = frozenset(calendar.hours.values_list(*HOURS_FIELDS))
    periods = frozenset(row for row, _period in _periods_stored(calendar))
    terms = frozenset(calendar.terms.values_list(*TERM_FIELDS))
    days = frozenset(calendar.days.filter(is_published=False).values_list(*DAY_FIELDS))
    yearly = frozenset(calendar.yearly.values_list(*YEARLY_FIELDS))
    return fields, CalendarLayout(hours, periods, terms, days, yearly)


def _periods_stored(calendar: Calendar) -> Iterator[tuple[PeriodRow, CalendarPeriod]]:
    for row in calendar.periods.prefetch_related("hours"):
        hours = frozenset((day.weekday, day.opens, day.closes) for day in row.hours.all())
        yield (row.first, row.last, row.note, hours), row
