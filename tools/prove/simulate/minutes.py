"""A school's working time minute by minute, from the calendar's document alone; follows docs/working-time.md.

Nothing of the engine is imported here: this is what the engine is judged by. Every minute of the span is one byte, 1
where somebody works; sums over all minutes before answer the rest. Calendars begin and end at whole minutes, so that
also a start in the middle of a minute is counted exactly.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
DAY_MINUTES = 24 * 60
SLOT_MINUTES = 30
"""No clocks in the world change within such a slot of Coordinated Universal Time."""

Stretch = tuple[int, int]
"""From a minute of the day to another; 1440 is the midnight that ends it."""


class SchoolMinutes:
    """The worked minutes of the days from `first` to `last`, by the wall clocks of a zone."""

    def __init__(self, *, document: Mapping[str, Any], zone: str, first: date, last: date) -> None:
        self._first_day = first - 2 * DAY
        self.begin = datetime.combine(self._first_day, time.min, tzinfo=UTC)
        self._days = (last - first).days + 5
        self._offsets = _offsets(zone, self.begin, self._days * DAY_MINUTES // SLOT_MINUTES)
        self._works = bytearray(self._days * DAY_MINUTES)
        self._ends: list[tuple[int, int]] = []
        for number in range(2, 3 + (last - first).days):
            self._lay_out(number, day_stretches(document, self._first_day + number * DAY))
        self._worked = array("I", accumulate(self._works, initial=0))
        self._known_from, self._known_until = self._first_at(2, 0), self._first_at(3 + (last - first).days, 0)

    def due_after(self, start: datetime, work: timedelta) -> datetime | None:
        """Return the first instant by which so much is worked from start on; None where the span does not know."""
        wanted = self.worked_before(start) + work
        minute = bisect_left(self._worked, -(-wanted // MINUTE))
        if start < self._at(self._known_from) or minute >= len(self._worked):
            return None
        return self._at(minute) - (self._worked[minute] * MINUTE - wanted)

    def end_of_day(self, start: datetime, days: int) -> datetime | None:
        """Return the end of the nth day with work after the day of start; None where the span does not know."""
        index = bisect_right(self._ends, (self._day_of(start), len(self._works))) + days - 1
        if start < self._at(self._known_from) or index >= len(self._ends):
            return None
        return self._at(self._ends[index][1])

    def days_between(self, start: datetime, end: datetime) -> int:
        """Return how many days with work come after the day of start, up to the day of end and with it."""
        days = [day for day, _end in self._ends]
        return bisect_right(days, self._day_of(end)) - bisect_right(days, self._day_of(start))

    def worked_before(self, instant: datetime) -> timedelta:
        """Return how much is worked from the beginning of the span until an instant."""
        minute, rest = divmod(instant - self.begin, MINUTE)
        return self._worked[minute] * MINUTE + (rest if self._works[minute] else timedelta(0))

    def first_shown(self, day: date, shown: int) -> datetime:
        """Return the first instant at which the wall clock shows so many minutes of a day, or a later time of it."""
        return self._at(self._first_at((day - self._first_day).days, shown))

    def knows(self, instant: datetime) -> bool:
        """Say whether an instant lies in the span."""
        return self._at(self._known_from) <= instant <= self._at(self._known_until)

    def edges(self) -> list[datetime]:
        """Return every instant at which work begins or ends."""
        both = pairwise(self._works)
        return [self._at(minute + 1) for minute, (earlier, later) in enumerate(both) if earlier != later]

    def offsets(self) -> Iterator[tuple[datetime, int]]:
        """Yield by how many minutes the clocks are ahead of UTC, half hour by half hour."""
        for slot, offset in enumerate(self._offsets):
            yield self._at(slot * SLOT_MINUTES), offset

    def _at(self, minute: int) -> datetime:
        return self.begin + minute * MINUTE

    def _day_of(self, instant: datetime) -> int:
        minute = (instant - self.begin) // MINUTE
        return (minute + self._offsets[minute // SLOT_MINUTES]) // DAY_MINUTES

    def _lay_out(self, day: int, stretches: Sequence[Stretch]) -> None:
        latest = 0
        for opens, closes in stretches:
            begin, end = self._first_at(day, opens), self._first_at(day, closes)
            for minute in range(begin, end):
                self._works[minute] = 1
            latest = max(latest, end if end > begin else 0)
        if latest:
            self._ends.append((day, latest))

    def _first_at(self, day: int, shown: int) -> int:
        """Return the first minute at which the wall clock shows this time of this day or a later one."""
        wanted = day * DAY_MINUTES + shown
        around = (day - 1) * DAY_MINUTES // SLOT_MINUTES
        furthest_ahead = max(self._offsets[around : around + 3 * DAY_MINUTES // SLOT_MINUTES])
        minute = wanted - furthest_ahead
        while minute + self._offsets[minute // SLOT_MINUTES] < wanted:
            minute += 1
        return minute


@lru_cache(maxsize=8)
def _offsets(zone: str, begin: datetime, slots: int) -> list[int]:
    """Return by how many minutes the clocks of a zone are ahead of UTC in each slot."""
    clocks = ZoneInfo(zone)
    instants = (begin + slot * SLOT_MINUTES * MINUTE for slot in range(slots))
    return [(instant.astimezone(clocks).utcoffset() or timedelta(0)) // MINUTE for instant in instants]


def day_stretches(document: Mapping[str, Any], day: date) -> tuple[Stretch, ...]:
    """Return when a day is worked: by its own entry, else by its weekday in the period it lies in, else in the week."""
    own = next((row for row in document["days"] if _holds(row, day)), None)
    if own is not None and "opens" in own:
        return ((_minute_of(own["opens"]), _minute_of(own["closes"])),)
    if own is not None and "works_as" not in own:
        return ()
    weekday = day.weekday() if own is None else own["works_as"]
    period = next((row for row in document.get("periods", ()) if _holds(row, day)), document)
    return tuple(_hours_of(period["hours"], weekday))


def _hours_of(rows: Sequence[Mapping[str, Any]], weekday: int) -> Iterator[Stretch]:
    for row in rows:
        if weekday in row["weekdays"]:
            yield _minute_of(row["opens"]), _minute_of(row["closes"])


def _holds(row: Mapping[str, Any], day: date) -> bool:
    first, last = str(row["first"]), str(row.get("last", row["first"]))
    return first <= day.isoformat() <= last


def _minute_of(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
