"""The checks of the units, places and people in a bureau's or a school's file. Pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.common.file_shapes import NAME, closed, listed, text
from backend.common.identities import identity_of
from backend.common.mail_addresses import is_mail_address, mail_address_of
from backend.organisation.models import Unit
from backend.organisation.roles import UNIT_ROLES, Role

CODE = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 40}
DAY = {"type": "string", "format": "date"}
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

BUREAU = {**EMPLOYER, "people": listed(closed(PERSON, optional=OPTIONAL_OF_A_PERSON), at_least=1, at_most=1000)}
"""The shape of what a bureau's file must have."""
SCHOOL = {
    **EMPLOYER,
    "bureau": CODE,
    "intake_unit": CODE,
    "protection_unit": CODE,
    "units": listed(UNIT, at_least=1, at_most=1000),
    "places": listed(PLACE, at_least=1, at_most=5000),
    "people": listed(closed({**PERSON, "unit": CODE}, optional=OPTIONAL_OF_A_PERSON), at_least=1, at_most=2000),
}
"""The shape of what a school's file must have."""


def bureau_errors(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a bureau's file whose shape is right, each with the place where it stands."""
    yield from _time_zone_errors(content)
    yield from _people_errors(content["people"], units=())


def school_errors(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a school's file whose shape is right, each with the place where it stands."""
    units = [row["code"] for row in content["units"]]
    named = [("intake_unit", content["intake_unit"]), ("protection_unit", content["protection_unit"])]
    named += [(f"places/{row['code']}/owner", row["owner"]) for row in content["places"]]
    named += [(f"people/{row['staff_number']}/unit", row["unit"]) for row in content["people"]]
    yield from _time_zone_errors(content)
    yield from _tree_errors("units", content["units"])
    yield from _tree_errors("places", content["places"])
    yield from (f"{place}: there is no unit {code!r}." for place, code in named if code not in units)
    yield from _people_errors(content["people"], units=units)


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
    numbers = [identity_of(row["staff_number"]) for row in people]
    yield from (f"people/{number}: stands twice." for number in sorted({n for n in numbers if numbers.count(n) > 1}))
    for row in people:
        where = f"people/{row['staff_number']}"
        if not is_mail_address(mail_address_of(row["email"])):
            yield f"{where}/email: {row['email']!r} is no e-mail address."
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
