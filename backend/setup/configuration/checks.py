"""The checks of a configuration file: its shape, and what must hold inside it, each fault with its place. Pure."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_noop as _

from backend.calendars.validation import calendar_faults
from backend.common.file_faults import Fault, Place, below, fault, shape_faults
from backend.common.identities import identity_of
from backend.common.mail_addresses import is_mail_address, mail_address_of, mail_identity_of
from backend.duty.shift_rules import LONGEST_SHIFT
from backend.organisation.roles import UNIT_ROLES
from backend.rulebook.validation import rulebook_faults
from backend.setup.configuration.shape import FORMAT, SCHEMA, VERSION, instant_of

Row = Mapping[str, Any]


def configuration_faults(content: object) -> list[Fault]:
    """Return what is wrong with a configuration, each with where it stands; an empty list is a good one."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        words = _("this is no configuration file; its first line is `format: %(format)s`.")
        return [fault(("format",), words, format=FORMAT)]
    if content.get("version") != VERSION:
        words = _("this is version %(found)s, and this installation reads version %(version)s.")
        return [fault(("version",), words, found=str(content.get("version"))[:20], version=VERSION)]
    return shape_faults(SCHEMA, content) or list(_faults(content))


def _faults(content: Row) -> Iterator[Fault]:
    units, places = ({identity_of(row["code"]) for row in content[kind]} for kind in ("units", "places"))
    people = {identity_of(row["staff_number"]) for row in content["people"]}
    for kind, name in (("units", "code"), ("places", "code"), ("people", "staff_number")):
        yield from _twice((kind,), [identity_of(row[name]) for row in content[kind]], name)
    yield from _tree_faults("units", content["units"])
    yield from _tree_faults("places", content["places"])
    named: list[tuple[Place, str]] = [
        (("places", number, "owner"), row["owner"]) for number, row in enumerate(content["places"])
    ]
    for name in ("intake_unit", "protection_unit"):
        named += [(("school", name), content["school"][name])] if name in content["school"] else []
    yield from (_no_unit(path, code) for path, code in named if identity_of(code) not in units)
    yield from _people_faults(content["people"], units)
    yield from _roster_faults(("shifts",), content.get("shifts", ()), places, people)
    yield from _bureau_faults(content["bureau"])
    yield from _telephone_faults(content.get("telephones", ()), units)
    yield from _reply_faults(content)
    yield from _standing_faults(content, places, people)
    yield from _rest_faults(content)


def _bureau_faults(bureau: Row) -> Iterator[Fault]:
    people = bureau.get("people", ())
    numbers = [identity_of(row["staff_number"]) for row in people]
    for number, row in enumerate(people):
        yield from _address_faults(("bureau", "people", number, "addresses"), row.get("addresses", ()))
        for at, post in enumerate(row.get("posts", ())):
            yield from _span_faults(("bureau", "people", number, "posts", at), post, ("since", "until"))
    yield from _twice(("bureau", "people"), numbers, "staff_number")
    yield from _roster_faults(("bureau", "shifts"), bureau.get("shifts", ()), set(), set(numbers))


def _roster_faults(
    path: Place, rows: Sequence[Row], places: Collection[str], people: Collection[str]
) -> Iterator[Fault]:
    for number, row in enumerate(rows):
        yield from _shift_faults((*path, number), row, places, people)
    yield from _twice(
        path, [(row["kind"], row.get("place"), instant_of(row["starts_at"])) for row in rows], "starts_at"
    )


def _telephone_faults(rows: Sequence[Row], units: Collection[str]) -> Iterator[Fault]:
    for number, row in enumerate(rows):
        if "unit" in row and identity_of(row["unit"]) not in units:
            yield _no_unit(("telephones", number, "unit"), row["unit"])
    keys = [(identity_of(row.get("unit", "")), identity_of(row["name"]["zh"])) for row in rows]
    yield from _twice(("telephones",), keys, "name")


def _reply_faults(content: Row) -> Iterator[Fault]:
    rows = content.get("replies", ())
    yield from _twice(("replies",), [(row.get("category", ""), row["text"]["zh"]) for row in rows], "text")
    categories = content.get("rulebook", {}).get("categories")
    known = (
        {str(row.get("code")) for row in categories if isinstance(row, dict)} if isinstance(categories, list) else ()
    )
    for number, row in enumerate(rows):
        if known and row.get("category") and row["category"] not in known:
            yield fault(("replies", number, "category"), _("there is no category '%(code)s'."), code=row["category"])


def _standing_faults(content: Row, places: Collection[str], people: Collection[str]) -> Iterator[Fault]:
    offices = {identity_of(row["code"]) for row in content["units"] if row["kind"] != "class"}
    yield from _share_faults("shares", content, ("place", "topic"), places, people)
    yield from _share_faults("office_slots", content, ("unit", "slot"), offices, people)
    for kind, name in (("contact_rules", "kind"), ("outside_numbers", "recipient")):
        yield from _twice((kind,), [row[name] for row in content.get(kind, ())], name)


def _share_faults(
    kind: str, content: Row, names: tuple[str, str], known: Collection[str], people: Collection[str]
) -> Iterator[Fault]:
    what, matter = names
    rows = content.get(kind, ())
    for number, row in enumerate(rows):
        if identity_of(row[what]) not in known:
            said = _no_place if what == "place" else _no_office
            yield said((kind, number, what), row[what])
        if identity_of(row["staff_number"]) not in people:
            yield _nobody((kind, number, "staff_number"), row["staff_number"])
        if row.get("until", row["from"]) < row["from"]:
            yield fault((kind, number, "until"), _("the last day lies before the first one."))
    keys = [(identity_of(row[what]), row.get(matter), identity_of(row["staff_number"]), row["from"]) for row in rows]
    yield from _twice((kind,), keys, "from")


def _people_faults(people: Iterable[Row], units: Collection[str]) -> Iterator[Fault]:
    for number, row in enumerate(people):
        yield from _address_faults(("people", number, "addresses"), row.get("addresses", ()))
        for at, post in enumerate(row.get("posts", ())):
            yield from _post_faults(("people", number, "posts", at), post, units)


def _address_faults(path: Place, addresses: Sequence[str]) -> Iterator[Fault]:
    for at, address in enumerate(addresses):
        if not is_mail_address(mail_address_of(address)):
            yield fault((*path, at), _("this is no e-mail address; write name@school.example, for example."))
    yield from _twice(path, map(mail_identity_of, addresses))


def _rest_faults(content: Row) -> Iterator[Fault]:
    try:
        ZoneInfo(content["school"]["time_zone"])
    except (ZoneInfoNotFoundError, ValueError):
        words = _("this is not a time zone; write Asia/Shanghai, for example.")
        yield fault(("school", "time_zone"), words)
    if "calendar" in content:
        yield from below(("calendar",), calendar_faults(content["calendar"]))
    elif content.get("public_days"):
        yield fault(("public_days",), _("there is no calendar that they could stand in."))
    if "rulebook" in content:
        yield from below(("rulebook",), rulebook_faults(content["rulebook"]))
    yield from _twice(("public_days",), [row["day"] for row in content.get("public_days", ())], "day")


def _twice(path: Place, keys: Iterable[Hashable], *name: str) -> Iterator[Fault]:
    seen: set[Hashable] = set()
    for number, key in enumerate(keys):
        if key in seen:
            yield fault((*path, number, *name), _("this stands twice."))
        seen.add(key)


def _tree_faults(kind: str, rows: Iterable[Row]) -> Iterator[Fault]:
    above: set[str] = set()
    for number, row in enumerate(rows):
        if "parent" in row and identity_of(row["parent"]) not in above:
            words = _("'%(code)s' must stand above it in the file.")
            yield fault((kind, number, "parent"), words, code=row["parent"])
        above.add(identity_of(row["code"]))


def _no_unit(path: Place, code: str) -> Fault:
    return fault(path, _("there is no unit '%(code)s'."), code=code)


def _no_office(path: Place, code: str) -> Fault:
    return fault(path, _("there is no office '%(code)s'."), code=code)


def _no_place(path: Place, code: str) -> Fault:
    return fault(path, _("there is no place '%(code)s'."), code=code)


def _nobody(path: Place, number: str) -> Fault:
    return fault(path, _("there is nobody with staff number '%(number)s'."), number=number)


def _post_faults(path: Place, post: Row, units: Collection[str]) -> Iterator[Fault]:
    if "unit" in post and identity_of(post["unit"]) not in units:
        yield _no_unit((*path, "unit"), post["unit"])
    if (post["role"] in UNIT_ROLES) != ("unit" in post):
        words = _("handlers, heads and staff members hold their post in a unit; nobody else does.")
        yield fault((*path, "role"), words)
    yield from _span_faults(path, post, ("since", "until"))


def _span_faults(path: Place, row: Row, names: tuple[str, str]) -> Iterator[Fault]:
    found = {name: instant_of(row[name]) for name in names if name in row}
    for name, at in found.items():
        if at is None:
            yield fault((*path, name), _("instants are written like 2026-09-01T08:00:00+08:00."))
    first, last = (found.get(name) for name in names)
    if isinstance(first, datetime) and isinstance(last, datetime) and last <= first:
        yield fault((*path, names[1]), _("it ends after it begins."))


def _shift_faults(path: Place, row: Row, places: Collection[str], people: Collection[str]) -> Iterator[Fault]:
    if "place" in row and identity_of(row["place"]) not in places:
        yield _no_place((*path, "place"), row["place"])
    numbers = [identity_of(slot["staff_number"]) for slot in row["people"]]
    for at, number in enumerate(numbers):
        if number not in people:
            yield _nobody((*path, "people", at, "staff_number"), number)
    yield from _twice((*path, "people"), numbers, "staff_number")
    yield from _span_faults(path, row, ("starts_at", "ends_at"))
    starts, ends = instant_of(row["starts_at"]), instant_of(row["ends_at"])
    if starts and ends and ends > starts + LONGEST_SHIFT:
        yield fault((*path, "ends_at"), _("it lasts at most %(days)s days."), days=LONGEST_SHIFT.days)
