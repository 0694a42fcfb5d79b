"""Days of a calendar that differ from its weeks: those the school sets, and those of the public table of holidays."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.calendars.models import Calendar, CalendarDay
from backend.calendars.public_holidays import PublicDay, holidays_known, public_days
from backend.calendars.services.versions import calendar_raise_version
from backend.common.errors import Conflict, Invalid, NotFound
from backend.common.recording import bulk_record

YEARS_BACK, YEARS_AHEAD = 1, 2
DAY_FIELDS = ("works_as_weekday", "opens", "closes", "note", "is_published")


class YearOutOfReach(Invalid):
    """Nobody needs the days of this year now."""

    code = "year_out_of_reach"
    title = _("A calendar can be changed for last year, this year and the next two.")


class YearSkipped(Conflict):
    """A year before this one is not published yet, so the calendar would claim to know days that it does not."""

    code = "year_skipped"
    title = _("Publish the years one after the other: an earlier year is missing.")


class DayPublished(Conflict):
    """The day comes from the public table, not from the school."""

    code = "day_published"
    title = _("This is a public holiday, which cannot be removed. Set the day yourself if your school does otherwise.")


@dataclass(frozen=True, slots=True)
class DayHours:
    """The working hours of a day: those of a weekday, or hours of its own; none when neither is given."""

    works_as_weekday: int | None = None
    opens: time | None = None
    closes: time | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class YearPublished:
    """The result of publishing a year; `kept` are days on which the school's own setting stands instead."""

    is_known: bool
    added: tuple[date, ...] = ()
    changed: tuple[date, ...] = ()
    removed: tuple[date, ...] = ()
    kept: tuple[date, ...] = ()


@transaction.atomic
def calendar_publish_year(*, calendar: Calendar, year: int, today: date) -> YearPublished:
    """Write the public holidays and make-up days of a year; raise YearOutOfReach or YearSkipped.

    A day that the school set itself is never touched. A year whose make-up days are not known yet changes nothing: it
    stays provisional, and `is_known` is False.
    """
    _require_near(year, today)
    if not holidays_known(year=year):
        return YearPublished(is_known=False)
    locked = Calendar.objects.select_for_update().get(id=calendar.id)
    if locked.published_until < date(year - 1, 12, 31):
        raise YearSkipped
    done = _days_write(locked, year, public_days(year=year))
    until = max(locked.published_until, date(year, 12, 31))
    if done.added or done.changed or done.removed or until != locked.published_until:
        calendar_raise_version(calendar=calendar, published_until=until)
    return done


@transaction.atomic
def public_days_put(*, calendar: Calendar, wanted: Mapping[date, PublicDay]) -> None:
    """Write days of the public table into a locked calendar; one that the school set itself stays as it is."""
    stored = {row.day: row for row in calendar.days.all()}
    added = [_published(calendar, day, public) for day, public in wanted.items() if day not in stored]
    differing = [
        stored[day]
        for day, public in wanted.items()
        if day in stored and stored[day].is_published and _differs(stored[day], public)
    ]
    rewritten = [_rewritten(row, wanted[row.day]) for row in differing]
    CalendarDay.objects.bulk_create(added)
    CalendarDay.objects.bulk_update(rewritten, ["works_as_weekday", "note"])
    bulk_record(before=[*[None] * len(added), *differing], after=[*added, *rewritten])
    if added or rewritten:
        calendar_raise_version(calendar=calendar)


@transaction.atomic
def calendar_set_day(*, calendar: Calendar, day: date, hours: DayHours, today: date) -> CalendarDay:
    """Let a school work differently on one day, also on a public holiday; raise YearOutOfReach.

    The version rises only on a difference.
    """
    _require_near(day.year, today)
    wanted = {name: getattr(hours, name) for name in DAY_FIELDS[:-1]} | {"is_published": False}
    row = calendar.days.filter(day=day).first() or CalendarDay(calendar=calendar, day=day, is_published=True)
    if {name: getattr(row, name) for name in DAY_FIELDS} != wanted:
        for name, value in wanted.items():
            setattr(row, name, value)
        row.save()
        calendar_raise_version(calendar=calendar)
    return row


@transaction.atomic
def calendar_clear_day(*, calendar: Calendar, day: date) -> None:
    """Take back a day the school set; raise NotFound or DayPublished.

    Where the year is taken from the public table, a public holiday that the school's day had covered holds again.
    """
    row = calendar.days.filter(day=day).first()
    if row is None:
        raise NotFound
    if row.is_published:
        raise DayPublished
    row.delete()
    public = public_days(year=day.year).get(day)
    if public and calendar.days.filter(is_published=True, day__year=day.year).exists():
        _published(calendar, day, public).save(force_insert=True)
    calendar_raise_version(calendar=calendar)


def _require_near(year: int, today: date) -> None:
    if not today.year - YEARS_BACK <= year <= today.year + YEARS_AHEAD:
        raise YearOutOfReach


def _days_write(calendar: Calendar, year: int, wanted: Mapping[date, PublicDay]) -> YearPublished:
    stored = {row.day: row for row in calendar.days.filter(day__year=year)}
    added = [_published(calendar, day, public) for day, public in wanted.items() if day not in stored]
    differing = [
        row for day, row in stored.items() if row.is_published and day in wanted and _differs(row, wanted[day])
    ]
    rewritten = [_rewritten(row, wanted[row.day]) for row in differing]
    removed = sorted(day for day, row in stored.items() if row.is_published and day not in wanted)
    CalendarDay.objects.bulk_create(added)
    CalendarDay.objects.bulk_update(rewritten, ["works_as_weekday", "note"])
    bulk_record(before=[*[None] * len(added), *differing], after=[*added, *rewritten])
    calendar.days.filter(day__in=removed, is_published=True).delete()
    return YearPublished(
        is_known=True,
        added=tuple(row.day for row in added),
        changed=tuple(row.day for row in rewritten),
        removed=tuple(removed),
        kept=tuple(sorted(day for day, row in stored.items() if day in wanted and not row.is_published)),
    )


def _published(calendar: Calendar, day: date, public: PublicDay) -> CalendarDay:
    return CalendarDay(
        calendar=calendar, day=day, works_as_weekday=public.works_as, note=public.note, is_published=True
    )


def _differs(row: CalendarDay, public: PublicDay) -> bool:
    return (row.works_as_weekday, row.note) != (public.works_as, public.note)


def _rewritten(row: CalendarDay, public: PublicDay) -> CalendarDay:
    changed = copy(row)
    changed.works_as_weekday, changed.note = public.works_as, public.note
    return changed
