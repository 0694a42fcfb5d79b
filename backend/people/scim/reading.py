"""A member of staff as a request of SCIM says they should be: a whole one, or changes of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from backend.common.identities import identity_of, plain_of
from backend.common.mail_addresses import is_mail_address, mail_address_of
from backend.organisation.models.schools import HAN
from backend.organisation.staff_headings import LONGEST
from backend.organisation.staff_lists import cell_problem
from backend.people.errors import ScimUnreadable
from backend.people.models import LONGEST_ID
from backend.people.scim.shapes import NO_ID, SETTABLE, USER

MOST_OPERATIONS = 50
YES_OR_NO = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody as a portal wants them to be; an empty address leaves addresses as they are."""

    sourced_id: str
    staff_number: str
    name: str
    email: str
    is_active: bool


def wanted_read(body: Mapping[str, Any], *, known: str = "") -> Wanted:
    """Return whom a whole user means; raise ScimUnreadable.

    `known` is the id that they have already: one that says nothing of it keeps it, one that says an empty one has none.
    """
    given = {name.lower(): value for name, value in body.items()}
    texts = {"staff_number": _text(given, "userName"), "name": _name(given)}
    for (name, text), pointer in zip(texts.items(), ("userName", "displayName"), strict=True):
        problem = cell_problem(name=name, text=text, longest=LONGEST[name], is_required=True)
        if problem:
            raise ScimUnreadable(problem, pointer=f"/{pointer}")
    external = _text(given, "externalId")
    if len(external) > LONGEST_ID or external.startswith(NO_ID) or "\0" in external:
        raise _wrong("externalId")
    number = plain_of(texts["staff_number"])
    kept = known if "externalid" not in given or known.startswith(NO_ID) else ""
    return Wanted(
        sourced_id=external or kept or f"{NO_ID}{identity_of(number)}"[:LONGEST_ID],
        staff_number=number,
        name=plain_of(texts["name"]),
        email=_email(given.get("emails")),
        is_active=_is_active(given.get("active", True)),
    )


def patched(shown: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """Return somebody as shown, with the changes of a PATCH; raise ScimUnreadable."""
    given = {name.lower(): value for name, value in body.items()}
    operations = given.get("operations")
    if not isinstance(operations, list) or not 0 < len(operations) <= MOST_OPERATIONS:
        raise _wrong("Operations")
    user = {name.lower(): value for name, value in shown.items() if name.lower() in SETTABLE}
    for operation in operations:
        if not isinstance(operation, dict):
            raise _wrong("Operations")
        _change(user, {name.lower(): value for name, value in operation.items()})
    return user


def _change(user: dict[str, Any], operation: Mapping[str, Any]) -> None:
    what, path = str(operation.get("op", "")).lower(), str(operation.get("path", "") or "")
    if what not in {"add", "replace", "remove"}:
        raise _wrong("op")
    if what == "remove":
        user[_settable(path)] = None
    elif path:
        user[_settable(path)] = operation.get("value")
    elif isinstance(operation.get("value"), dict):
        for name, value in operation["value"].items():
            # What is not kept here is none of ours, as it is in a whole user.
            if _plain(name) in SETTABLE:
                user[_plain(name)] = value
    else:
        raise _wrong("value")


def _settable(path: str) -> str:
    name = _plain(path)
    if name not in SETTABLE:
        raise ScimUnreadable(_("Nothing of this name is kept here: %(name)s") % {"name": path[:60]}, pointer="/path")
    return name


def _plain(path: str) -> str:
    """Return the name of an attribute in a path: without the schema's, a filter of values, or a part."""
    name = path.strip().lower().removeprefix(f"{USER.lower()}:").partition("[")[0]
    return name if name in SETTABLE else name.partition(".")[0]


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name.lower()) or ""
    if not isinstance(value, str):
        raise _wrong(name)
    return value.strip()


def _name(given: Mapping[str, Any]) -> str:
    """Return the whole name; of one in parts, the family's comes first without a blank in Chinese."""
    shown, parts = _text(given, "displayName"), given.get("name")
    if shown or not isinstance(parts, dict):
        return shown
    formatted, family, first = (str(parts.get(one) or "").strip() for one in ("formatted", "familyName", "givenName"))
    joined = f"{family}{first}" if HAN.search(family + first) else f"{first} {family}".strip()
    return formatted or joined


def _email(value: Any) -> str:
    """Return the first, or the preferred, of some addresses."""
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    rows = [row for row in rows if row.get("primary") is True] or rows
    if not rows or not rows[0].get("value"):
        return ""
    email = mail_address_of(plain_of(str(rows[0]["value"])))
    if not is_mail_address(email):
        raise _wrong("emails")
    return email


def _is_active(value: Any) -> bool:
    # Some portals send words for it.
    known = YES_OR_NO.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(known, bool):
        raise _wrong("active")
    return known


def _wrong(name: str) -> ScimUnreadable:
    return ScimUnreadable(_("This is not as it has to be: %(name)s") % {"name": name}, pointer=f"/{name}")
