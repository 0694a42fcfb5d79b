"""Arithmetic of working time on a school's calendar compiled to instants: every question is answered by bisection.

A working stretch holds its opening instant and not its closing one, and a due time is the earliest instant by which the
work fits in, so work that fills a stretch to its end is due at the closing, never at the next opening. Pure.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.calendars.rules import CalendarRules

ZERO = timedelta(0)
DAY = timedelta(days=1)

Stretch = tuple[datetime, datetime]
"""From an opening instant to a closing one, in UTC."""


class WorkingTimeUnknown(Exception):
    """The calendar cannot say; the message tells why."""


class HorizonReached(WorkingTimeUnknown):
    """The answer lies before the first or after the last day for which the calendar was compiled."""


class CalendarUnusable(WorkingTimeUnknown):
    """The calendar's rules cannot be turned into instants."""


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """A day on which somebody works, and when: sorted, disjoint stretches, at least one."""

    day: date
    stretches: tuple[Stretch, ...]


class WorkingTime:
    """The working time of one version of a calendar between two days, both included."""

    def __init__(
        self,
        *,
        days: Sequence[WorkingDay],
        zone: ZoneInfo,
        first: date,
        last: date,
        known_until: datetime,
        version: int,
    ) -> None:
        """Take working days in order; times after `known_until` rest on days whose holidays are not published."""
        self.version = version
        self.known_until = known_until
        self._zone = zone
        self._first, self._last = first, last
        self._starts_at = first_instant(datetime.combine(first, time.min), zone)
        self._ends_at = first_instant(datetime.combine(last + DAY, time.min), zone)
        self._dates = [working.day for working in days]
        self._ends = [working.stretches[-1][1] for working in days]
        stretches = [stretch for working in days for stretch in working.stretches]
        self._opens = [opens for opens, _closes in stretches]
        self._closes = [closes for _opens, closes in stretches]
        self._worked = list(accumulate((closes - opens for opens, closes in stretches), initial=ZERO))

    def is_provisional(self, at: datetime) -> bool:
        """Say whether an instant lies after the last day whose holidays are published."""
        return at > self.known_until

    def add_hours(self, start: datetime, work: timedelta) -> datetime:
        """Return the earliest instant by which this much (over zero) is worked from start on; raise HorizonReached."""
        if work <= ZERO:
            raise ValueError("Working time to add is longer than nothing.")
        self._check(start)
        index = bisect_right(self._closes, start)
        if index < len(self._opens):
            target = self._worked[index] + max(ZERO, start - self._opens[index]) + work
            found = bisect_left(self._worked, target) - 1
            if found < len(self._closes):
                return self._closes[found] - (self._worked[found + 1] - target)
        raise self._horizon(start)

    def end_of_working_day(self, start: datetime, days: int) -> datetime:
        """Return the last closing of the nth (from 1) working day after start's local day; raise HorizonReached."""
        if days < 1:
            raise ValueError("Working days are counted from one.")
        self._check(start)
        index = bisect_right(self._dates, start.astimezone(self._zone).date()) + days - 1
        if index >= len(self._ends):
            raise self._horizon(start)
        return self._ends[index]

    def work_between(self, start: datetime, end: datetime) -> timedelta:
        """Return how much is worked from one instant to another, nothing if that is earlier; raise HorizonReached."""
        self._check_known(start, end)
        return max(ZERO, self._worked_by(end) - self._worked_by(start))

    def working_days_between(self, start: datetime, end: datetime) -> int:
        """Count the working days after start's local day up to end's, that day included; raise HorizonReached."""
        self._check_known(start, end)
        before, through = (bisect_right(self._dates, at.astimezone(self._zone).date()) for at in (start, end))
        return max(0, through - before)

    def _worked_by(self, at: datetime) -> timedelta:
        opened = bisect_right(self._opens, at)
        return self._worked[opened] - (max(ZERO, self._closes[opened - 1] - at) if opened else ZERO)

    def _check(self, start: datetime) -> None:
        if start < self._starts_at:
            raise self._horizon(start)

    def _check_known(self, *instants: datetime) -> None:
        for at in instants:
            if not self._starts_at <= at <= self._ends_at:
                raise self._horizon(at)

    def _horizon(self, start: datetime) -> HorizonReached:
        return HorizonReached(
            f"The calendar is compiled from {self._first} to {self._last}; "
            f"counting from {start.astimezone(self._zone).isoformat()} leads beyond it."
        )


def working_time_compile(*, rules: CalendarRules, version: int, first: date, last: date) -> WorkingTime:
    """Return the working time of these days, both ends included; raise CalendarUnusable for an unknown time zone."""
    try:
        zone = ZoneInfo(rules.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CalendarUnusable(f"{rules.zone!r} is not a time zone.") from error
    days = [first + offset * DAY for offset in range((last - first).days + 1)]
    return WorkingTime(
        days=[
            WorkingDay(day, stretches)
            for day in days
            if (stretches := tuple(_joined(_stretches_on(day, rules=rules, zone=zone))))
        ],
        zone=zone,
        first=first,
        last=last,
        known_until=first_instant(datetime.combine(min(rules.published_until, last) + DAY, time.min), zone),
        version=version,
    )


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant of its day at which the clocks of a zone show this (naive) time or a later one.

    So a time that is shown twice is the first of the two, and one that is skipped is the instant of skipping.
    """
    local = wall.replace(tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    before = local.replace(fold=1).astimezone(UTC)
    seconds = range(int(before.timestamp()), int(instant.timestamp()) + 1)
    after = instant.astimezone(zone).utcoffset()
    skipped = bisect_left(
        seconds, True, key=lambda second: datetime.fromtimestamp(second, UTC).astimezone(zone).utcoffset() == after
    )
    return datetime.fromtimestamp(seconds[skipped], UTC)


def _stretches_on(day: date, *, rules: CalendarRules, zone: ZoneInfo) -> Iterator[Stretch]:
    for hours in rules.hours_on(day):
        closing_day = day if hours.closes > time.min else day + DAY
        yield (
            first_instant(datetime.combine(day, hours.opens), zone),
            first_instant(datetime.combine(closing_day, hours.closes), zone),
        )


def _joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Yield the stretches in order, overlapping and touching ones as one, without those a change of clocks emptied."""
    held: Stretch | None = None
    for opens, closes in sorted(stretches):
        if closes <= opens:
            continue
        if held is None:
            held = (opens, closes)
        elif opens <= held[1]:
            held = (held[0], max(held[1], closes))
        else:
            yield held
            held = (opens, closes)
    if held is not None:
        yield held
