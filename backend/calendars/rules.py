"""The rules of a school's calendar as frozen values: which hours are worked on which day. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
"""The first and the last day that can stand in a calendar; before and after them nobody counts."""


def closing_time(text: str) -> time:
    """Return the time at which hours end; 24:00, as well as 00:00, is the midnight that ends the day.

    Raises ValueError for anything else that is no time.
    """
    return time.min if text.strip() == "24:00" else time.fromisoformat(text.strip())


@dataclass(frozen=True, slots=True)
class Hours:
    """One stretch of a day by the wall clock; closing at 00:00 is the midnight that ends the day."""

    opens: time
    closes: time


WeeklyTemplate = Mapping[int, tuple[Hours, ...]]
"""The hours of each weekday, 0 = Monday; a weekday that is missing is free."""


@dataclass(frozen=True, slots=True)
class Period:
    """A run of days, both ends included, with a weekly template of its own."""

    first: date
    last: date
    weekly: WeeklyTemplate


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs: worked as a weekday, or for hours of its own; free when neither is given."""

    works_as: int | None = None
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class CalendarRules:
    """Everything one version of a calendar says; days after `published_until` are known by their template only."""

    zone: str
    published_until: date
    weekly: WeeklyTemplate
    periods: tuple[Period, ...]
    days: Mapping[date, SpecialDay]
    yearly: frozenset[tuple[int, int]] = frozenset()
    """The months and days on which nobody works in any year, unless the year's own day says otherwise."""

    def hours_on(self, day: date) -> tuple[Hours, ...]:
        """Return the hours of a day: its own, else those of its weekday in the period it lies in, else in the week."""
        is_yearly = (day.month, day.day) in self.yearly
        special = self.days.get(day, SpecialDay(works_as=None if is_yearly else day.weekday()))
        if special.hours is not None:
            return (special.hours,)
        if special.works_as is None:
            return ()
        period = self._period_of(day)
        return (period.weekly if period else self.weekly).get(special.works_as, ())

    def is_school_day(self, day: date) -> bool:
        """Say whether a day is worked as any other: not a holiday, nor one on which only those on duty work."""
        return bool(self.hours_on(day)) and (day in self.days or self._period_of(day) is None)

    def _period_of(self, day: date) -> Period | None:
        return next((period for period in self.periods if period.first <= day <= period.last), None)
