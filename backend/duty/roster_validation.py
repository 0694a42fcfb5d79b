"""The checks of the rosters in a school's or a bureau's file before they can be laid out. Pure."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from backend.calendars.validation import CLOSING, TIME
from backend.common.file_shapes import closed, listed, text
from backend.duty.models import DutyShift
from backend.duty.shift_rules import LED_KINDS, LONGEST_SHIFT

LONGEST_ROSTER_DAYS = 400
MOST_ROSTERS = 100
DAY = {"type": "string", "format": "date"}
WEEKDAYS = listed({"type": "integer", "minimum": 0, "maximum": 6}, at_least=1, at_most=7)
STAFF_NUMBERS = listed(text(40), at_least=1, at_most=200)
ROSTER = closed(
    {
        "kind": {"enum": DutyShift.Kind.values},
        "place": text(40),
        "first": DAY,
        "last": DAY,
        "weekdays": WEEKDAYS,
        "except": listed(closed({"first": DAY, "last": DAY}, optional=("last",)), at_most=50),
        "starts": TIME,
        "ends": CLOSING,
        "days": {"type": "integer", "minimum": 0, "maximum": LONGEST_SHIFT.days - 1},
        "rotate": {"enum": ["week", "day"]},
        "leaders": STAFF_NUMBERS,
        "teachers": STAFF_NUMBERS,
        "teachers_at_once": {"type": "integer", "minimum": 1, "maximum": 10},
    },
    optional=("place", "except", "days", "leaders", "teachers", "teachers_at_once"),
)
ROSTERS = listed(ROSTER, at_most=MOST_ROSTERS)


def rosters_errors(rosters: list[dict[str, Any]], *, places: Collection[str], people: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with the rosters of a file whose shape is right, each with where it stands."""
    for number, row in enumerate(rosters):
        where = f"rosters/{number}"
        yield from (f"{where}: {error}" for error in _time_errors(row))
        yield from (f"{where}: {error}" for error in _people_errors(row, people))
        if "place" in row and row["place"] not in places:
            yield f"{where}/place: there is no place {row['place']!r}."


def _time_errors(row: Mapping[str, Any]) -> Iterator[str]:
    if not 0 <= (date.fromisoformat(row["last"]) - date.fromisoformat(row["first"])).days <= LONGEST_ROSTER_DAYS:
        yield f"the last day comes after the first, at most {LONGEST_ROSTER_DAYS} days later."
    if row.get("days") == 0 and row["ends"] <= row["starts"]:
        yield "the end comes after the beginning."


def _people_errors(row: Mapping[str, Any], people: Collection[str]) -> Iterator[str]:
    leaders, teachers = row.get("leaders", []), row.get("teachers", [])
    yield from (f"there is nobody with staff number {number!r}." for number in {*leaders, *teachers} - {*people})
    if row["kind"] in LED_KINDS and not leaders:
        yield f"a roster of kind {row['kind']} has leaders."
    if not leaders and not teachers:
        yield "somebody is on duty in every shift."
    if set(leaders) & set(teachers):
        yield "nobody both leads and serves."
    if teachers and row.get("teachers_at_once", 1) > len(set(teachers)):
        yield "there are fewer teachers than serve at once."
