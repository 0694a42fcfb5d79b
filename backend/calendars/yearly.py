"""Days that come back every year by a rule of a calendar file (RFC 5545, 3.3.10), between two years. Pure.

The general libraries look for a day that never comes, such as 31 February, until the year 9999; a file of such rules
would keep them busy for minutes. Here every rule costs as many steps as the years asked for have days.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NTH = re.compile(r"^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$")
KNOWN_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "WKST"})
ONE_DAY = timedelta(days=1)


class RuleUnknown(ValueError):
    """The rule does not come back yearly, or cannot be read."""


@dataclass(frozen=True, slots=True)
class YearlyRule:
    """A rule by which whole days come back; nothing given means the day of the first one."""

    start: date
    interval: int
    count: int | None
    until: date | None
    months: frozenset[int]
    month_days: frozenset[int]
    weekdays: tuple[tuple[int, int], ...]
    """Pairs of which one in its month or year (0: every one, negative: from the end) and the weekday, 0 = Monday."""

    def days(self, *, first: date, last: date) -> Iterator[date]:
        """Yield the days of the rule in a span, in order."""
        counted = 0
        # Only a rule with a number of times has to be followed from its beginning.
        since = self.start.year if self.count is not None else max(self.start.year, first.year)
        for year in range(since, last.year + 1):
            if (year - self.start.year) % self.interval:
                continue
            for day in self._days_of(year):
                counted += 1
                is_over = (self.count is not None and counted > self.count) or (self.until and day > self.until)
                if is_over or day > last:
                    return
                if day >= first:
                    yield day

    def _days_of(self, year: int) -> Iterator[date]:
        for month in sorted(self.months) or self._months_without():
            for number in range(1, monthrange(year, month)[1] + 1):
                day = date(year, month, number)
                if day >= self.start and self._fits(day):
                    yield day

    def _months_without(self) -> Sequence[int]:
        return range(1, 13) if self.month_days or self.weekdays else (self.start.month,)

    def _fits(self, day: date) -> bool:
        if not self.month_days and not self.weekdays:
            return day.day == self.start.day
        length = monthrange(day.year, day.month)[1]
        by_number = not self.month_days or not self.month_days.isdisjoint({day.day, day.day - length - 1})
        return by_number and (not self.weekdays or any(self._is_nth(day, *wanted) for wanted in self.weekdays))

    def _is_nth(self, day: date, nth: int, weekday: int) -> bool:
        if day.weekday() != weekday:
            return False
        begins = day.replace(day=1) if self.months else date(day.year, 1, 1)
        ends = day.replace(day=monthrange(day.year, day.month)[1]) if self.months else date(day.year, 12, 31)
        return nth in {0, (day - begins).days // 7 + 1, -((ends - day).days // 7) - 1}


def yearly_rule(*, start: date, parts: Mapping[str, Sequence[Any]]) -> YearlyRule:
    """Return the rule that a file's parts make; raise RuleUnknown."""
    if [str(value).upper() for value in parts.get("FREQ", ())] != ["YEARLY"] or not parts.keys() <= KNOWN_PARTS:
        raise RuleUnknown
    try:
        until = next(iter(parts.get("UNTIL", ())), None)
        rule = YearlyRule(
            start=start,
            interval=int(next(iter(parts.get("INTERVAL", ())), 1)),
            count=int(parts["COUNT"][0]) if "COUNT" in parts else None,
            until=until.date() if isinstance(until, datetime) else until,
            months=frozenset(int(value) for value in parts.get("BYMONTH", ())),
            month_days=frozenset(int(value) for value in parts.get("BYMONTHDAY", ())),
            weekdays=tuple(_weekday(str(value)) for value in parts.get("BYDAY", ())),
        )
    except (ValueError, TypeError, IndexError) as error:
        raise RuleUnknown from error
    if rule.interval < 1 or not rule.months <= set(range(1, 13)) or not isinstance(until, date | None):
        raise RuleUnknown
    return rule


def _weekday(text: str) -> tuple[int, int]:
    found = NTH.match(text.upper())
    if found is None:
        raise RuleUnknown
    return int(found[1] or 0), WEEKDAYS.index(found[2])
