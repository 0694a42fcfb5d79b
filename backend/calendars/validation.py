"""Checks of a calendar's file, all of which it passes before it is imported. Pure."""

from collections.abc import Iterator
from datetime import date, time
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_noop as _

from backend.calendars.rules import EARLIEST, LATEST, closing_time
from backend.common.file_faults import Fault, Place, fault, shape_faults
from backend.common.file_shapes import NAME, ONE_LINE, closed, listed, text

A_LEAP_YEAR = 2000
ENDS_FIRST = _("the end comes after the beginning.")
TWICE = _("this day stands twice.")
MOST_DAYS = 5000
DAY = {"type": "string", "format": "date"}
TIME = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
CLOSING = {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"}
WEEKDAY = {"type": "integer", "minimum": 0, "maximum": 6}
HOURS = listed(
    closed({"weekdays": listed(WEEKDAY, at_least=1, at_most=7), "opens": TIME, "closes": CLOSING}), at_most=50
)
TERM = closed({"name": NAME, "first": DAY, "last": DAY})
PERIOD = closed({"first": DAY, "last": DAY, "note": text(120), "hours": HOURS})
NOTE_OF_A_DAY = {"type": "string", "maxLength": 120, "pattern": ONE_LINE}
SPECIAL_DAY = {"first": DAY, "last": DAY, "works_as": WEEKDAY, "opens": TIME, "closes": CLOSING, "note": NOTE_OF_A_DAY}
YEARLY = closed({"day": {"type": "string", "pattern": "^[0-9]{2}-[0-9]{2}$"}, "note": text(120)})
CALENDAR_SCHEMA = closed(
    {
        "name": NAME,
        "published_until": DAY,
        "hours": HOURS,
        "terms": listed(TERM, at_most=50),
        "periods": listed(PERIOD, at_most=50),
        "days": listed(closed(SPECIAL_DAY, optional=("last", "works_as", "opens", "closes")), at_most=2000),
        "yearly": listed(YEARLY, at_most=50),
    },
    optional=("terms", "periods", "yearly"),
)


def calendar_errors(content: object) -> list[str]:
    """Return what is wrong with a calendar's file, each with where it stands; an empty list is a good file."""
    return [str(one) for one in calendar_faults(content)]


def calendar_faults(content: object) -> list[Fault]:
    """Return the same as faults that can be told in the language of whoever reads."""
    faults = shape_faults(CALENDAR_SCHEMA, content)
    if faults or not isinstance(content, dict):
        return faults
    periods = content.get("periods", [])
    return [
        *_hours_faults(("hours",), content["hours"]),
        *(one for row in periods for one in _hours_faults(("periods", row["first"], "hours"), row["hours"])),
        *_days_faults("terms", content.get("terms", [])),
        *_days_faults("periods", periods),
        *_days_faults("days", content["days"]),
        *_far_faults("published_until", [{"first": content["published_until"]}]),
        *_many_faults(content["days"]),
        *_own_hours_faults(content["days"]),
        *_yearly_faults(content.get("yearly", [])),
    ]


def _hours_faults(place: Place, rows: list[dict[str, Any]]) -> Iterator[Fault]:
    return (fault((*place, row["opens"]), ENDS_FIRST) for row in rows if _ends_early(row))


def _far_faults(kind: str, rows: list[dict[str, Any]]) -> Iterator[Fault]:
    days = [row[key] for row in rows for key in ("first", "last") if key in row]
    words = _("a day lies between %(earliest)s and %(latest)s.")
    for day in sorted(day for day in days if not EARLIEST <= date.fromisoformat(day) <= LATEST):
        yield fault((kind, day), words, earliest=EARLIEST, latest=LATEST)


def _days_faults(kind: str, rows: list[dict[str, Any]]) -> Iterator[Fault]:
    yield from _far_faults(kind, rows)
    spans = sorted((row["first"], row.get("last", row["first"])) for row in rows)
    yield from (fault((kind, first), ENDS_FIRST) for first, last in spans if last < first)
    yield from (fault((kind, later[0]), TWICE) for earlier, later in pairwise(spans) if later[0] <= earlier[1])


def _many_faults(rows: list[dict[str, Any]]) -> Iterator[Fault]:
    """Yield a fault for rows that stand for more days than a calendar is planned for: each is kept by itself."""
    spans = [[date.fromisoformat(row[key]) for key in ("first", "last") if key in row] for row in rows]
    if sum((span[-1] - span[0]).days + 1 for span in spans) > MOST_DAYS:
        words = _("they are more than %(most)s days; long holidays stand under periods.")
        yield fault(("days",), words, most=MOST_DAYS)


def _own_hours_faults(rows: list[dict[str, Any]]) -> Iterator[Fault]:
    for row in rows:
        place = ("days", row["first"])
        if ("opens" in row) != ("closes" in row):
            yield fault(place, _("hours of its own have a beginning and an end."))
        elif "opens" in row and "works_as" in row:
            yield fault(place, _("a day has hours of its own or those of a weekday, not both."))
        elif "opens" in row and _ends_early(row):
            yield fault(place, ENDS_FIRST)


def _ends_early(row: dict[str, Any]) -> bool:
    closes = closing_time(row["closes"])
    return closes != time.min and closes <= time.fromisoformat(row["opens"])


def _yearly_faults(rows: list[dict[str, Any]]) -> Iterator[Fault]:
    days = [row["day"] for row in rows]
    yield from (fault(("yearly", day), TWICE) for day in sorted({day for day in days if days.count(day) > 1}))
    for day in days:
        try:
            date.fromisoformat(f"{A_LEAP_YEAR}-{day}")
        except ValueError:
            yield fault(("yearly", day), _("there is no such day; write month and day, as 10-15."))
