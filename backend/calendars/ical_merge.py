"""Days of a calendar file joined to what a calendar says already, in the form of a calendar's own file. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from backend.calendars.ical import IcalDays, IcalKind

A_PERIOD = 8
"""From so many days on a holiday is a period, in which the hours of those on duty can be set."""


class Joined(StrEnum):
    """The outcomes for the days of an entry."""

    ADDED = "added"
    KNOWN = "known"
    OVERLAPS = "overlaps"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Merged:
    """A calendar's content with what was joined to it, and what became of each entry."""

    content: dict[str, Any]
    outcomes: tuple[tuple[IcalDays, Joined], ...]

    @property
    def added(self) -> int:
        """The number of entries that change the calendar."""
        return sum(outcome is Joined.ADDED for _row, outcome in self.outcomes)


def ical_merge(*, content: Mapping[str, Any], free: Collection[date], rows: Sequence[IcalDays]) -> Merged:
    """Return a calendar's content with the holidays and terms of a file, and never without what it had.

    `free` are public holidays, which need no day of the school's own. A day that the school set stays as it set it; a
    term or long holiday that overlaps another is not joined.
    """
    merged: dict[str, Any] = deepcopy(dict(content))
    for name in ("terms", "periods", "days", "yearly"):
        merged.setdefault(name, [])
    outcomes = tuple((row, _join(merged, set(free), row)) for row in sorted(rows))
    return Merged(merged, outcomes)


def _join(content: dict[str, Any], free: set[date], row: IcalDays) -> Joined:
    if row.kind is IcalKind.LEFT_OUT:
        return Joined.LEFT_OUT
    if row.kind is IcalKind.TERM:
        return _join_span(content["terms"], row, {"name": {"zh": row.name, "en": row.name}})
    if (row.last - row.first).days + 1 >= A_PERIOD:
        return _join_span(content["periods"], row, {"note": row.name, "hours": []})
    known = free | {day for span in content["days"] for day in _span_days(span)}
    known |= {day for span in content["periods"] if not span["hours"] for day in _span_days(span)}
    yearly = {span["day"] for span in content["yearly"]}
    new = [day for day in _days(row.first, row.last) if day not in known and f"{day:%m-%d}" not in yearly]
    content["days"] += [{"first": day.isoformat(), "note": row.name} for day in new]
    return Joined.ADDED if new else Joined.KNOWN


def _join_span(spans: list[dict[str, Any]], row: IcalDays, more: Mapping[str, Any]) -> Joined:
    first, last = row.first.isoformat(), row.last.isoformat()
    if any((span["first"], span["last"]) == (first, last) for span in spans):
        return Joined.KNOWN
    if first == last or any(span["first"] <= last and first <= span["last"] for span in spans):
        return Joined.OVERLAPS
    spans.append({"first": first, "last": last, **more})
    return Joined.ADDED


def _span_days(span: Mapping[str, Any]) -> Iterator[date]:
    return _days(date.fromisoformat(span["first"]), date.fromisoformat(span.get("last", span["first"])))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))
