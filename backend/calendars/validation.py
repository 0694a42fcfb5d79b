"""Checks of a calendar's file, all of which it passes before it is imported. Pure."""

from collections.abc import Iterator
from datetime import date, time
from itertools import pairwise
from typing import Any

from backend.calendars.rules import EARLIEST, LATEST, closing_time
from backend.common.file_shapes import NAME, closed, listed, shape_errors, text

A_LEAP_YEAR = 2000
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
NOTE_OF_A_DAY = {"type": "string", "maxLength": 120}
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
    errors = shape_errors(CALENDAR_SCHEMA, content)
    if errors or not isinstance(content, dict):
        return errors
    periods = content.get("periods", [])
    return [
        *_hours_errors("hours", content["hours"]),
        *(error for row in periods for error in _hours_errors(f"periods/{row['first']}/hours", row["hours"])),
        *_days_errors("terms", content.get("terms", [])),
        *_days_errors("periods", periods),
        *_days_errors("days", content["days"]),
        *_far_errors("published_until", [{"first": content["published_until"]}]),
        *_many_errors(content["days"]),
        *_own_hours_errors(content["days"]),
        *_yearly_errors(content.get("yearly", [])),
    ]


def _hours_errors(where: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        if _ends_early(row):
            yield f"{where}/{row['opens']}: the end comes after the beginning."


def _far_errors(kind: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    days = [row[key] for row in rows for key in ("first", "last") if key in row]
    far = sorted(day for day in days if not EARLIEST <= date.fromisoformat(day) <= LATEST)
    yield from (f"{kind}/{day}: a day lies between {EARLIEST} and {LATEST}." for day in far)


def _days_errors(kind: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    yield from _far_errors(kind, rows)
    spans = sorted((row["first"], row.get("last", row["first"])) for row in rows)
    yield from (f"{kind}/{first}: the end comes after the beginning." for first, last in spans if last < first)
    yield from (
        f"{kind}/{later[0]}: this day stands twice." for earlier, later in pairwise(spans) if later[0] <= earlier[1]
    )


def _many_errors(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield an error for rows that stand for more days than a calendar is planned for: each is kept by itself."""
    spans = [[date.fromisoformat(row[key]) for key in ("first", "last") if key in row] for row in rows]
    if sum((span[-1] - span[0]).days + 1 for span in spans) > MOST_DAYS:
        yield f"days: they are more than {MOST_DAYS} days; long holidays stand under periods."


def _own_hours_errors(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        if ("opens" in row) != ("closes" in row):
            yield f"days/{row['first']}: hours of its own have a beginning and an end."
        elif "opens" in row and "works_as" in row:
            yield f"days/{row['first']}: a day has hours of its own or those of a weekday, not both."
        elif "opens" in row and _ends_early(row):
            yield f"days/{row['first']}: the end comes after the beginning."


def _ends_early(row: dict[str, Any]) -> bool:
    closes = closing_time(row["closes"])
    return closes != time.min and closes <= time.fromisoformat(row["opens"])


def _yearly_errors(rows: list[dict[str, Any]]) -> Iterator[str]:
    days = [row["day"] for row in rows]
    yield from (f"yearly/{day}: this day stands twice." for day in sorted({day for day in days if days.count(day) > 1}))
    for day in days:
        try:
            date.fromisoformat(f"{A_LEAP_YEAR}-{day}")
        except ValueError:
            yield f"yearly/{day}: there is no such day; write month and day, as 10-15."
