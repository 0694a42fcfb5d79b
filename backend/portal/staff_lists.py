"""A chosen staff list on its way through the reader's browser, between looking at it and confirming it. Pure."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import astuple

from django.utils.translation import gettext_lazy as _

from backend.common.table_files import MOST_CELLS
from backend.organisation.models import School
from backend.organisation.roles import Role
from backend.organisation.staff_headings import LONGEST as FIELDS
from backend.organisation.staff_lists import StaffRow
from backend.portal.carried import packed, unpacked

ROWS, FILE = "allclear.staff-list.shown", "allclear.staff-list.file"
FIELD_NAMES = {
    "staff_number": _("Staff number"),
    "name": _("Name"),
    "email": _("E-mail"),
    "unit": _("Unit"),
    "role": _("Role"),
    "language": _("Language"),
}


def list_packed(*, school: School, rows: Sequence[StaffRow], ends: Sequence[int]) -> str:
    """Return the rows, and the appointments shown to end by them, as a signed, compressed text.

    Raises FileUnreadable when a form could not carry it.
    """
    return packed(school=school, salt=ROWS, what={"rows": [astuple(row) for row in rows], "ends": list(ends)})


def list_unpacked(*, school: School, text: str) -> tuple[list[StaffRow], list[int]]:
    """Return the rows of a list that was packed for this school, and what was shown to end; raise CarriedStale."""
    what = unpacked(school=school, salt=ROWS, text=text)
    rows = [
        StaffRow(line, number, name, email, unit, Role(role), language)
        for line, number, name, email, unit, role, language in what["rows"]
    ]
    return rows, what["ends"]


def file_packed(*, school: School, content: bytes) -> str:
    """Return a file itself as a signed, compressed text; raise FileUnreadable when a form could not carry it."""
    return packed(school=school, salt=FILE, what=b64encode(content).decode())


def file_unpacked(*, school: School, text: str) -> bytes:
    """Return a file that was packed for this school; raise CarriedStale."""
    return b64decode(unpacked(school=school, salt=FILE, text=text))


def columns_chosen(*, sent: Mapping[str, str]) -> dict[int, str]:
    """Return what was chosen for the columns of a file, by their position; a field nobody knows is left out."""
    typed = {at: sent.get(f"column-{at}") for at in range(MOST_CELLS)}
    return {at: field if field in FIELDS else "" for at, field in typed.items() if field is not None}
