"""Laying out a whole term's shifts from a compact rotation: by the local clock, by week or by day. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend.calendars.rules import closing_time
from backend.calendars.working_time import first_instant

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PlannedShift:
    """One turn of duty of a rotation, with the staff numbers of who leads and who serves."""

    starts_at: datetime
    ends_at: datetime
    leaders: tuple[str, ...]
    teachers: tuple[str, ...]


def shifts_of(row: Mapping[str, Any], zone: ZoneInfo) -> Iterator[PlannedShift]:
    """Yield the shifts of a roster in a school's file, in order; one that a change of clocks emptied is left out.

    `days` is how many midnights a shift contains: 0, or 1 where it ends by the clock before it starts, or as written;
    24:00 is the midnight after that.
    With `rotate: week` the turn passes on at the first Monday, with `rotate: day` at every shift.
    """
    starts, ends = time.fromisoformat(row["starts"]), closing_time(row["ends"])
    is_midnight = row["ends"] == "24:00"
    midnights = row.get("days", 0 if is_midnight or ends > starts else 1) + is_midnight
    days = list(_days_of(row))
    for number, day in enumerate(days):
        turn = number if row["rotate"] == "day" else _weeks_between(days[0], day)
        starts_at = first_instant(datetime.combine(day, starts), zone)
        ends_at = first_instant(datetime.combine(day + midnights * A_DAY, ends), zone)
        if ends_at <= starts_at:
            continue
        yield PlannedShift(
            starts_at=starts_at.astimezone(zone),
            ends_at=ends_at.astimezone(zone),
            leaders=_on_turn(row.get("leaders", ()), turn, 1),
            teachers=_on_turn(row.get("teachers", ()), turn, row.get("teachers_at_once", 1)),
        )


def _days_of(row: Mapping[str, Any]) -> Iterator[date]:
    free = [(span["first"], span.get("last", span["first"])) for span in row.get("except", ())]
    day, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
    while day <= last:
        is_free = any(first <= day.isoformat() <= until for first, until in free)
        if day.weekday() in row["weekdays"] and not is_free:
            yield day
        day += A_DAY


def _weeks_between(first: date, day: date) -> int:
    return ((day - first).days + first.weekday()) // 7


def _on_turn(numbers: Sequence[str], turn: int, at_once: int) -> tuple[str, ...]:
    if not numbers:
        return ()
    return tuple(numbers[(turn * at_once + offset) % len(numbers)] for offset in range(at_once))
