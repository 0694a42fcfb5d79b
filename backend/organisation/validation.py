"""What the files of a bureau, a school and a calendar must look like before they can be imported. Pure."""

from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.common.file_shapes import NAME, closed, listed, shape_errors, text
from backend.organisation.models import Unit
from backend.organisation.roles import UNIT_ROLES, Role
from backend.organisation.roster_validation import ROSTERS, rosters_errors

CODE = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 40}
DAY = {"type": "string", "format": "date"}
TIME = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
CLOSING = {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"}
WEEKDAY = {"type": "integer", "minimum": 0, "maximum": 6}
POST = closed({"role": {"enum": Role.values}, "unit": CODE, "deputy": {"type": "boolean"}}, optional=("unit", "deputy"))
ACCOUNT = closed({"username": text(80), "language": {"enum": ["zh-hans", "en"]}}, optional=("language",))
PERSON = {
    "staff_number": text(40),
    "name": text(80),
    "email": {"type": "string", "pattern": r"^[^@\s]+@[^@\s]+$", "maxLength": 254},
    "posts": listed(POST, at_most=20),
    "absent": closed({"first": DAY, "last": DAY}),
    "account": ACCOUNT,
}
OPTIONAL_OF_A_PERSON = ("posts", "absent", "account")
UNIT = closed({"code": CODE, "name": NAME, "kind": {"enum": Unit.Kind.values}, "parent": CODE}, optional=("parent",))
PLACE = closed({"code": CODE, "name": NAME, "owner": CODE, "parent": CODE}, optional=("parent",))
EMPLOYER = {"code": CODE, "name": NAME, "time_zone": text(60), "since": DAY}

BUREAU_SCHEMA = closed(
    {
        **EMPLOYER,
        "people": listed(closed(PERSON, optional=OPTIONAL_OF_A_PERSON), at_least=1, at_most=1000),
        "rosters": ROSTERS,
    },
    optional=("rosters",),
)
SCHOOL_SCHEMA = closed(
    {
        **EMPLOYER,
        "bureau": CODE,
        "intake_unit": CODE,
        "protection_unit": CODE,
        "units": listed(UNIT, at_least=1, at_most=1000),
        "places": listed(PLACE, at_least=1, at_most=5000),
        "people": listed(closed({**PERSON, "unit": CODE}, optional=OPTIONAL_OF_A_PERSON), at_least=1, at_most=2000),
        "rosters": ROSTERS,
    },
    optional=("rosters",),
)
HOURS = listed(
    closed({"weekdays": listed(WEEKDAY, at_least=1, at_most=7), "opens": TIME, "closes": CLOSING}), at_most=50
)
TERM = closed({"name": NAME, "first": DAY, "last": DAY})
PERIOD = closed({"first": DAY, "last": DAY, "note": text(120), "hours": HOURS})
SPECIAL_DAY = {"first": DAY, "last": DAY, "works_as": WEEKDAY, "opens": TIME, "closes": CLOSING, "note": text(120)}
CALENDAR_SCHEMA = closed(
    {
        "name": NAME,
        "published_until": DAY,
        "hours": HOURS,
        "terms": listed(TERM, at_most=50),
        "periods": listed(PERIOD, at_most=50),
        "days": listed(closed(SPECIAL_DAY, optional=("last", "works_as", "opens", "closes")), at_most=500),
    },
    optional=("terms", "periods"),
)


def bureau_errors(content: object) -> list[str]:
    """Return what is wrong with a bureau's file, each with the place where it stands; an empty list is a good file."""
    errors = shape_errors(BUREAU_SCHEMA, content)
    if errors or not isinstance(content, dict):
        return errors
    numbers = [row["staff_number"] for row in content["people"]]
    return [
        *_time_zone_errors(content),
        *_people_errors(content["people"], units=()),
        *rosters_errors(content.get("rosters", []), places=(), people=numbers),
    ]


def school_errors(content: object) -> list[str]:
    """Return what is wrong with a school's file, each with the place where it stands; an empty list is a good file."""
    errors = shape_errors(SCHOOL_SCHEMA, content)
    if errors or not isinstance(content, dict):
        return errors
    units = [row["code"] for row in content["units"]]
    named = [("intake_unit", content["intake_unit"]), ("protection_unit", content["protection_unit"])]
    named += [(f"places/{row['code']}/owner", row["owner"]) for row in content["places"]]
    named += [(f"people/{row['staff_number']}/unit", row["unit"]) for row in content["people"]]
    return [
        *_time_zone_errors(content),
        *_tree_errors("units", content["units"]),
        *_tree_errors("places", content["places"]),
        *(f"{place}: there is no unit {code!r}." for place, code in named if code not in units),
        *_people_errors(content["people"], units=units),
        *rosters_errors(
            content.get("rosters", []),
            places=[row["code"] for row in content["places"]],
            people=[row["staff_number"] for row in content["people"]],
        ),
    ]


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
        *_own_hours_errors(content["days"]),
    ]


def _hours_errors(where: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        if row["closes"] <= row["opens"]:
            yield f"{where}/{row['opens']}: the end comes after the beginning."


def _days_errors(kind: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    spans = sorted((row["first"], row.get("last", row["first"])) for row in rows)
    yield from (f"{kind}/{first}: the end comes after the beginning." for first, last in spans if last < first)
    yield from (
        f"{kind}/{later[0]}: this day stands twice." for earlier, later in pairwise(spans) if later[0] <= earlier[1]
    )


def _own_hours_errors(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        if ("opens" in row) != ("closes" in row):
            yield f"days/{row['first']}: hours of its own have a beginning and an end."
        elif "opens" in row and "works_as" in row:
            yield f"days/{row['first']}: a day has hours of its own or those of a weekday, not both."
        elif "opens" in row and row["closes"] <= row["opens"]:
            yield f"days/{row['first']}: the end comes after the beginning."


def _time_zone_errors(content: Mapping[str, Any]) -> Iterator[str]:
    try:
        ZoneInfo(content["time_zone"])
    except (ZoneInfoNotFoundError, ValueError):
        yield f"time_zone: {content['time_zone']!r} is not a time zone; write Asia/Shanghai, for example."


def _tree_errors(kind: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    known: set[str] = set()
    for row in rows:
        if row["code"] in known:
            yield f"{kind}/{row['code']}: this code stands twice; every code is used once."
        if row.get("parent", row["code"]) not in known | {row["code"]} or row.get("parent") == row["code"]:
            yield f"{kind}/{row['code']}/parent: {row['parent']!r} must stand above it in the file."
        known.add(row["code"])


def _people_errors(people: list[dict[str, Any]], *, units: Collection[str]) -> Iterator[str]:
    numbers = [row["staff_number"] for row in people]
    yield from (f"people/{number}: stands twice." for number in sorted({n for n in numbers if numbers.count(n) > 1}))
    for row in people:
        where = f"people/{row['staff_number']}"
        if "absent" in row and row["absent"]["last"] < row["absent"]["first"]:
            yield f"{where}/absent: the last day comes before the first."
        for post in row.get("posts", ()):
            yield from (f"{where}/posts/{post['role']}: {text}" for text in _post_errors(post, units))


def _post_errors(post: Mapping[str, Any], units: Collection[str]) -> Iterator[str]:
    unit = post.get("unit")
    if unit is not None and unit not in units:
        yield f"there is no unit {unit!r}."
    if (post["role"] in UNIT_ROLES) != (unit is not None):
        yield "handlers, heads and reporters hold their post in a unit; nobody else does."
    if (post["role"] == Role.BUREAU_OFFICER) != (not units):
        yield "the bureau has officers, a school has every other role."
