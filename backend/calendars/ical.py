"""Holidays and terms from a calendar file (iCalendar, RFC 5545), as whole days by the school's clock. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from backend.calendars.ical_text import IcalTooLarge, IcalUnreadable, ical_text
from backend.calendars.working_time import first_instant
from backend.calendars.yearly import RuleUnknown, yearly_rule
from backend.common.later import Later

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = Later("icalendar")

MOST_ENTRIES, MOST_REPEATING, MOST_TIMES = 1000, 200, 40
LONGEST_NAME, LONGEST_DAYS, OLDEST_YEARS = 120, 250, 40
ONE_DAY = timedelta(days=1)
A_TERM = re.compile(r"学期|\bterm\b|\bsemester\b|\btrimester\b", re.IGNORECASE)
A_BREAK = re.compile(r"假|\bbreak\b|\bholiday|\bvacation", re.IGNORECASE)
A_WORKDAY = re.compile(r"补班|上班|上课|[((]班[))]|\bworkday\b|\bmake-?up\b", re.IGNORECASE)


class IcalKind(StrEnum):
    """The sorts of days that an entry can be to a school."""

    HOLIDAY = "holiday"
    TERM = "term"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True, order=True)
class IcalDays:
    """Whole days under a name, both ends included, and what they seem to be."""

    first: date
    last: date
    name: str
    kind: IcalKind


@dataclass(frozen=True, slots=True)
class IcalProblem:
    """An entry that is not taken in, and why."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class IcalFile:
    """Everything a calendar file says about the days within reach, in order, and what of it cannot be taken in."""

    days: tuple[IcalDays, ...]
    problems: tuple[IcalProblem, ...]


class _Refused(Exception):
    """An entry cannot be taken in; the message says why."""


@dataclass(frozen=True, slots=True)
class _Reach:
    """The days a calendar can be changed for, and the zone of the school."""

    first: date
    last: date
    zone: ZoneInfo


def ical_read(content: bytes, *, zone: ZoneInfo, first: date, last: date) -> IcalFile:
    """Return the whole days of a calendar file that lie within reach; raise IcalUnreadable or IcalTooLarge."""
    try:
        events = icalendar.Calendar.from_ical(ical_text(content)).walk("VEVENT")
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise IcalUnreadable from error
    if len(events) > MOST_ENTRIES or sum("RRULE" in event for event in events) > MOST_REPEATING:
        raise IcalTooLarge
    moved = _moved(events)
    days: set[IcalDays] = set()
    problems: list[IcalProblem] = []
    for event in events:
        name = " ".join(str(event.get("SUMMARY", "")).split())[:LONGEST_NAME] or _("without a name")
        try:
            days |= {_days(name, *span) for span in _spans(event, moved, _Reach(first, last, zone))}
        except _Refused as error:
            problems.append(IcalProblem(name, str(error)))
    return IcalFile(tuple(sorted(days)), tuple(problems))


def _moved(events: Sequence[Any]) -> dict[str, set[date]]:
    """Return by entry the days of a series that have an entry of their own."""
    found: defaultdict[str, set[date]] = defaultdict(set)
    for event in events:
        at = _moment(event, "RECURRENCE-ID")
        if isinstance(at, date):
            found[str(event.get("UID", ""))].add(_day(at))
    return found


def _spans(event: "icalendar.Component", moved: dict[str, set[date]], reach: _Reach) -> Iterator[tuple[date, date]]:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    try:
        first, last = _whole_days(event, reach.zone)
    except OverflowError as error:
        raise _Refused(_("Its days lie outside of what a calendar can count.")) from error
    length = last - first
    if length.days >= LONGEST_DAYS:
        raise _Refused(_("It lasts more than 250 days."))
    if "RDATE" in event:
        raise _Refused(_("It repeats on a list of days. Please enter those days one by one."))
    left_out = _left_out(event)
    if "RECURRENCE-ID" not in event:
        left_out |= moved.get(str(event.get("UID", "")), set())
    starts = _repeats(event, first, reach) if "RRULE" in event else [first]
    for start in starts:
        if start not in left_out and start <= reach.last and start + length >= reach.first:
            yield start, start + length


def _whole_days(event: "icalendar.Component", zone: ZoneInfo) -> tuple[date, date]:
    begins = _moment(event, "DTSTART")
    if not isinstance(begins, date):
        raise _Refused(_("It has no day on which it begins."))
    ends = _moment(event, "DTEND")
    lasts = _moment(event, "DURATION")
    if ends is None:
        ends = begins + lasts if isinstance(lasts, timedelta) else begins
    if isinstance(begins, datetime) != isinstance(ends, datetime) or not isinstance(ends, date):
        raise _Refused(_("It begins with a day and ends with a time, or the other way round."))
    if isinstance(begins, datetime) and isinstance(ends, datetime):
        begins, ends = _midnights(begins, ends, zone)
    # The end of whole days is the day after the last (RFC 5545, 3.6.1); some programs write one day as its own end.
    last = max(begins, ends - ONE_DAY)
    if ends < begins:
        raise _Refused(_("It ends before it begins."))
    return begins, last


def _midnights(begins: datetime, ends: datetime, zone: ZoneInfo) -> tuple[date, date]:
    """Return the days of an entry from midnight to midnight by the school's clock; a time without a zone is its."""
    local = [at.astimezone(zone) if at.tzinfo else at for at in (begins, ends)]
    if any(not _is_midnight(at, zone) for at in local) or ends == begins:
        raise _Refused(_("It is no whole day by the school's clock."))
    return local[0].date(), local[1].date()


def _is_midnight(local: datetime, zone: ZoneInfo) -> bool:
    """Say whether a day begins then: at midnight, or where the clocks go forward at it, at that instant."""
    if local.time() == time.min or not local.tzinfo:
        return local.time() == time.min
    return first_instant(datetime.combine(local.date(), time.min), zone) == local


def _repeats(event: "icalendar.Component", first: date, reach: _Reach) -> list[date]:
    """Return the days within reach, and shortly before it, on which a yearly entry begins."""
    if first.year < reach.first.year - OLDEST_YEARS:
        raise _Refused(_("It began too long ago. Please enter it from a nearer year on."))
    try:
        parts: Any = event["RRULE"]
        rule = yearly_rule(start=first, parts={} if isinstance(parts, list) else {**parts})
    except (RuleUnknown, TypeError, ValueError) as error:
        raise _Refused(
            _("It repeats in a way that holidays do not. Only what comes back every year is taken in.")
        ) from error
    days = rule.days(first=reach.first - timedelta(days=LONGEST_DAYS), last=reach.last)
    within = list(islice(days, MOST_TIMES + 1))
    if len(within) > MOST_TIMES:
        raise _Refused(_("It comes back too often for a holiday."))
    return within


def _left_out(event: "icalendar.Component") -> set[date]:
    rows: Any = event.get("EXDATE", [])
    listed = rows if isinstance(rows, list) else [rows]
    found = [row.dts for row in listed if isinstance(row, icalendar.prop.vDDDLists)]
    return {_day(row.dt) for dates in found for row in dates if isinstance(row.dt, date)}


def _moment(event: "icalendar.Component", name: str) -> Any:
    """Return a day, a time or a length that an entry names; None where there is none, or nobody can read it."""
    try:
        return getattr(event.get(name), "dt", None)
    except icalendar.error.BrokenCalendarProperty:
        return None


def _day(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at


def _days(name: str, first: date, last: date) -> IcalDays:
    kind = IcalKind.HOLIDAY
    if A_WORKDAY.search(name):
        kind = IcalKind.LEFT_OUT
    elif A_TERM.search(name) and not A_BREAK.search(name):
        kind = IcalKind.TERM
    return IcalDays(first, last, name, kind)
