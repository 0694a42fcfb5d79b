"""Plans that come again by the calendar: each week, month or year, at the start of a term, before holidays. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from backend.common.file_faults import Fault, Place, fault
from backend.common.file_shapes import closed
from backend.rulebook.round_rules import Comes, RoundKind

MOST_DAYS, MOST_AHEAD, LAST_OF_MONTH = 60, 30, 28
"""The most days it takes, the most days before holidays it opens, and the last day that every month has."""
YEAR_DAY = "^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"
HOLIDAY = 3
"""So many days without school in a row are holidays; a weekend is none."""
DAY = timedelta(days=1)
DAYS_OF_WEEK, SATURDAY = 7, 5
"""The days of a week, and the number of the first of its weekend."""
REACH = timedelta(days=31)
"""The days within which the next school day stands for one that is none."""
IsSchoolDay = Callable[[date], bool]


class Sort(models.TextChoices):
    """The sorts of days by which something comes again."""

    WEEK = "week", _("Each week")
    MONTH = "month", _("Each month")
    TERM = "term", _("Start of term")
    HOLIDAYS = "holidays", _("Before the holidays")
    YEAR = "year", _("Each year")


@dataclass(frozen=True, slots=True)
class Occasion:
    """One time that a plan comes: the period it is for, its first and its last day."""

    sort: Sort
    key: str
    opens_on: date
    due_on: date

    @property
    def code(self) -> str:
        """Tell it from every other one of its plan."""
        return f"{self.sort.value}:{self.key}"


def comes_shape() -> dict[str, Any]:
    """Return the shape of `comes` in a plan of a rulebook file."""
    return {
        **closed(
            {
                "days": {"type": "integer", "minimum": 1, "maximum": MOST_DAYS},
                "week": {"type": "integer", "minimum": 1, "maximum": DAYS_OF_WEEK},
                "month": {"type": "integer", "minimum": 1, "maximum": LAST_OF_MONTH},
                "term": {"const": True},
                "holidays": {"type": "integer", "minimum": 1, "maximum": MOST_AHEAD},
                "year": {"type": "string", "pattern": YEAR_DAY},
            },
            optional=Sort.values,
        ),
        "minProperties": 2,
    }


def comes_faults(place: Place, plan: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with `comes` of a plan, with the place where it stands."""
    if "comes" in plan and plan["kind"] != RoundKind.INSPECTION.value:
        yield fault((*place, "comes"), gettext_noop("only an inspection comes again by the calendar."))


def comes_read(row: Mapping[str, Any]) -> Comes:
    """Return when a plan comes again, as it is written."""
    times = {name: row[name] for name in Sort.values if name in row}
    return Comes(row["days"], **times)


def occasions(
    comes: Comes, *, since: date, until: date, terms: Sequence[date], is_school_day: IsSchoolDay
) -> list[Occasion]:
    """Return the times that a plan comes which open between two days, both included, the first at the top.

    Each opens on a school day. `terms` are the first days of the terms of a calendar; without one there are neither
    terms nor holidays.
    """
    found = [
        *_weekly(comes, since, until, is_school_day),
        *_monthly(comes, since, until, is_school_day),
        *_of_terms(comes, terms, is_school_day),
        *_before_holidays(comes, since, until, is_school_day),
        *_yearly(comes, since, until, is_school_day),
    ]
    within = (one for one in found if since <= one.opens_on <= until)
    return sorted(within, key=lambda one: (one.opens_on, one.due_on, one.code))


def _weekly(comes: Comes, since: date, until: date, is_school_day: IsSchoolDay) -> Iterator[Occasion]:
    """Yield one for each week: on its day, or the next school day of the same week, and due before the next one.

    One of a free weekend opens on the school day behind it, or it would never come.
    """
    monday = since - DAY * (since.weekday() + DAYS_OF_WEEK)
    while comes.week and monday <= until:
        first = monday + DAY * (comes.week - 1)
        within = DAYS_OF_WEEK - first.weekday() if first.weekday() < SATURDAY else DAYS_OF_WEEK
        opens = next((day for day in (first + DAY * number for number in range(within)) if is_school_day(day)), None)
        if opens is not None:
            due = min(opens + DAY * (comes.days - 1), first + DAY * (DAYS_OF_WEEK - 1))
            yield Occasion(Sort.WEEK, f"{monday:%G-W%V}", opens, due)
        monday += DAY * DAYS_OF_WEEK


def _monthly(comes: Comes, since: date, until: date, is_school_day: IsSchoolDay) -> Iterator[Occasion]:
    for first in _months(since, until) if comes.month else ():
        opens = _school_day_from(first.replace(day=comes.month or 1), is_school_day)
        if opens is not None and opens.month == first.month:
            yield _occasion(comes, Sort.MONTH, f"{first:%Y-%m}", opens)


def _of_terms(comes: Comes, terms: Sequence[date], is_school_day: IsSchoolDay) -> Iterator[Occasion]:
    for first in terms if comes.term else ():
        opens = _school_day_from(first, is_school_day)
        if opens is not None:
            yield _occasion(comes, Sort.TERM, f"{first:%F}", opens)


def _yearly(comes: Comes, since: date, until: date, is_school_day: IsSchoolDay) -> Iterator[Occasion]:
    for year in range(since.year - 1, until.year + 1) if comes.year else ():
        opens = _school_day_from(date.fromisoformat(f"{year}-{comes.year}"), is_school_day)
        if opens is not None:
            yield _occasion(comes, Sort.YEAR, f"{year}", opens)


def _before_holidays(comes: Comes, since: date, until: date, is_school_day: IsSchoolDay) -> Iterator[Occasion]:
    """Yield what opens so many days before each run of free days and is due on the last school day before it."""
    ahead = timedelta(days=comes.holidays or 0)
    day = since
    while comes.holidays and day <= until + ahead + REACH:
        is_last = is_school_day(day) and not any(is_school_day(day + DAY * one) for one in range(1, HOLIDAY + 1))
        if is_last:
            first = _school_day_from(day + DAY - ahead, is_school_day) or day
            opens = min(first, day)
            due = min(day, opens + DAY * (comes.days - 1))
            yield Occasion(Sort.HOLIDAYS, f"{day + DAY:%F}", opens, due)
        day += DAY


def _occasion(comes: Comes, sort: Sort, key: str, opens: date) -> Occasion:
    return Occasion(sort, key, opens, opens + DAY * (comes.days - 1))


def _school_day_from(day: date, is_school_day: IsSchoolDay) -> date | None:
    return next((one for one in (day + DAY * number for number in range(REACH.days)) if is_school_day(one)), None)


def _months(since: date, until: date) -> Iterator[date]:
    month = since.replace(day=1)
    while month <= until:
        yield month
        month = (month + REACH + DAY).replace(day=1)
