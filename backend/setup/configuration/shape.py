"""The shape of a configuration file, version 1, and what must hold inside it. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.calendars.validation import CALENDAR_SCHEMA, WEEKDAY, calendar_errors
from backend.common.file_shapes import NAME, closed, listed, shape_errors, text
from backend.common.identities import identity_of
from backend.duty.models import DutyShift, DutySlot
from backend.duty.shift_rules import LONGEST_SHIFT, MOST_SLOTS
from backend.organisation.models import Unit
from backend.organisation.roles import UNIT_ROLES, Role
from backend.rulebook.validation import rulebook_errors

FORMAT, VERSION = "allclear-configuration", 1
CODE = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "maxLength": 40}
DAY = {"type": "string", "format": "date"}
INSTANT = text(40)
LANGUAGE = {"enum": ["zh-hans", "en"]}
EMAIL = {"type": "string", "pattern": r"^[^@\s]+@[^@\s]+$", "maxLength": 254}
POST = closed(
    {
        "role": {"enum": [role.value for role in Role if role is not Role.BUREAU_OFFICER]},
        "unit": CODE,
        "deputy": {"type": "boolean"},
        "since": INSTANT,
        "until": INSTANT,
    },
    optional=("unit", "deputy", "until"),
)
PERSON = closed(
    {
        "staff_number": text(40),
        "name": text(80),
        "language": LANGUAGE,
        "addresses": listed(EMAIL, at_most=10),
        "posts": listed(POST, at_most=50),
    },
    optional=("addresses", "posts"),
)
SLOT = closed({"staff_number": text(40), "part": {"enum": DutySlot.Part.values}})
SHIFT = closed(
    {
        "kind": {"enum": DutyShift.Kind.values},
        "place": CODE,
        "starts_at": INSTANT,
        "ends_at": INSTANT,
        "people": listed(SLOT, at_most=MOST_SLOTS),
    },
    optional=("place",),
)
NOTE = {"type": "string", "maxLength": 120}
PUBLIC_DAY = closed({"day": DAY, "works_as": WEEKDAY, "note": NOTE}, optional=("works_as",))
UNIT = closed({"code": CODE, "kind": {"enum": Unit.Kind.values}, "name": NAME, "parent": CODE}, optional=("parent",))
PLACE = closed({"code": CODE, "name": NAME, "owner": CODE, "parent": CODE}, optional=("parent",))
SCHEMA = closed(
    {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "bureau": closed({"code": CODE, "name": NAME}),
        "school": closed(
            {"code": CODE, "name": NAME, "time_zone": text(60), "intake_unit": CODE, "protection_unit": CODE},
            optional=("intake_unit", "protection_unit"),
        ),
        "units": listed(UNIT, at_most=2000),
        "places": listed(PLACE, at_most=10_000),
        "people": listed(PERSON, at_most=5000),
        "calendar": CALENDAR_SCHEMA,
        "public_days": listed(PUBLIC_DAY, at_most=1000),
        "rulebook": {"type": "object"},
        "shifts": listed(SHIFT, at_most=10_000),
    },
    optional=("calendar", "public_days", "rulebook", "shifts"),
)


def configuration_errors(content: object) -> list[str]:
    """Return what is wrong with a configuration, each with where it stands; an empty list is a good one."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        return [f"format: this is no configuration file; its first line is `format: {FORMAT}`."]
    if content.get("version") != VERSION:
        return [f"version: this is version {content.get('version')!r}, and this installation reads version {VERSION}."]
    errors = shape_errors(SCHEMA, content)
    return errors or list(_errors(content))


def _errors(content: Mapping[str, Any]) -> Iterator[str]:
    units, places = ({identity_of(row["code"]) for row in content[kind]} for kind in ("units", "places"))
    people = {identity_of(row["staff_number"]) for row in content["people"]}
    for kind, name in (("units", "code"), ("places", "code"), ("people", "staff_number")):
        yield from _twice(kind, (identity_of(row[name]) for row in content[kind]))
    yield from _tree_errors("units", content["units"])
    yield from _tree_errors("places", content["places"])
    named = [(f"places/{row['code']}/owner", row["owner"]) for row in content["places"]]
    for name in ("intake_unit", "protection_unit"):
        named += [(f"school/{name}", content["school"][name])] if name in content["school"] else []
    yield from (f"{where}: there is no unit {code!r}." for where, code in named if identity_of(code) not in units)
    yield from _people_errors(content["people"], units)
    for number, row in enumerate(content.get("shifts", ())):
        yield from (f"shifts/{number}: {error}" for error in _shift_errors(row, places, people))
    yield from _twice("shifts", (_shift_key(row) for row in content.get("shifts", ())))
    yield from _rest_errors(content)


def _people_errors(people: Iterable[Mapping[str, Any]], units: set[str]) -> Iterator[str]:
    for row in people:
        where = f"people/{row['staff_number']}"
        yield from _twice(where, (identity_of(address) for address in row.get("addresses", ())))
        for post in row.get("posts", ()):
            yield from (f"{where}: {error}" for error in _post_errors(post, units))


def _rest_errors(content: Mapping[str, Any]) -> Iterator[str]:
    try:
        ZoneInfo(content["school"]["time_zone"])
    except (ZoneInfoNotFoundError, ValueError):
        yield "school/time_zone: this is not a time zone; write Asia/Shanghai, for example."
    if "calendar" in content:
        yield from (f"calendar/{error}" for error in calendar_errors(content["calendar"]))
    elif content.get("public_days"):
        yield "public_days: there is no calendar that they could stand in."
    if "rulebook" in content:
        yield from (f"rulebook/{error}" for error in rulebook_errors(content["rulebook"]))
    yield from _twice("public_days", (row["day"] for row in content.get("public_days", ())))


def _twice(kind: str, keys: Iterable[Any]) -> Iterator[str]:
    yield from (f"{kind}/{key}: this stands twice." for key, count in Counter(keys).items() if count > 1)


def _tree_errors(kind: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    above: set[str] = set()
    for row in rows:
        if "parent" in row and identity_of(row["parent"]) not in above:
            yield f"{kind}/{row['code']}/parent: {row['parent']!r} must stand above it in the file."
        above.add(identity_of(row["code"]))


def _post_errors(post: Mapping[str, Any], units: set[str]) -> Iterator[str]:
    if "unit" in post and identity_of(post["unit"]) not in units:
        yield f"there is no unit {post['unit']!r}."
    if (post["role"] in UNIT_ROLES) != ("unit" in post):
        yield f"{post['role']}: handlers, heads and staff members hold their post in a unit; nobody else does."
    span = [instant_of(post.get(name, post["since"])) for name in ("since", "until")]
    if None in span:
        yield f"{post['role']}: instants are written like 2026-09-01T08:00:00+08:00."
    elif "until" in post and post["until"] and not _is_before(span[0], span[1]):
        yield f"{post['role']}: it ends after it begins."


def _shift_errors(row: Mapping[str, Any], places: set[str], people: set[str]) -> Iterator[str]:
    if "place" in row and identity_of(row["place"]) not in places:
        yield f"there is no place {row['place']!r}."
    numbers = [identity_of(slot["staff_number"]) for slot in row["people"]]
    yield from (f"there is nobody with staff number {number!r}." for number in numbers if number not in people)
    if len(set(numbers)) < len(numbers):
        yield "somebody stands twice in it."
    starts, ends = instant_of(row["starts_at"]), instant_of(row["ends_at"])
    if starts is None or ends is None:
        yield "instants are written like 2026-09-01T08:00:00+08:00."
    elif not starts < ends <= starts + LONGEST_SHIFT:
        yield f"it ends after it begins, at most {LONGEST_SHIFT.days} days later."


def _shift_key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (row["kind"], row.get("place"), instant_of(row["starts_at"]))


def _is_before(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one < other


def instant_of(written: str) -> datetime | None:
    """Return an instant that a file writes with its distance from UTC; None for anything else."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
