"""A chosen staff list on its way through the reader's browser, between looking at it and confirming it. Pure."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict
from backend.common.table_files import MOST_CELLS
from backend.common.text_files import FileUnreadable
from backend.organisation.models import School
from backend.organisation.roles import Role
from backend.organisation.staff_headings import LONGEST as FIELDS
from backend.organisation.staff_lists import StaffRow

LONGEST = 400_000
ROWS, FILE = "allclear.staff-list", "allclear.staff-list.file"
FIELD_NAMES = {
    "staff_number": _("Staff number"),
    "name": _("Name"),
    "email": _("E-mail"),
    "unit": _("Unit"),
    "role": _("Role"),
    "language": _("Language"),
}


class StaffListStale(Conflict):
    """The list that was sent back is not the one that was shown, or was shown for another school."""

    code = "staff_list_stale"
    title = _("The list is not complete any more. Please choose the file again.")


def list_packed(*, school: School, rows: Sequence[StaffRow]) -> str:
    """Return the rows as a signed, compressed text; raise FileUnreadable when a form could not carry it."""
    return _packed(school, ROWS, [astuple(row) for row in rows])


def list_unpacked(*, school: School, packed: str) -> list[StaffRow]:
    """Return the rows of a list that was packed for this school; raise StaffListStale."""
    return [
        StaffRow(line, number, name, email, unit, Role(role), language)
        for line, number, name, email, unit, role, language in _unpacked(school, ROWS, packed)
    ]


def file_packed(*, school: School, content: bytes) -> str:
    """Return a file itself as a signed, compressed text; raise FileUnreadable when a form could not carry it."""
    return _packed(school, FILE, b64encode(content).decode())


def file_unpacked(*, school: School, packed: str) -> bytes:
    """Return a file that was packed for this school; raise StaffListStale."""
    return b64decode(_unpacked(school, FILE, packed))


def columns_chosen(*, sent: Mapping[str, str]) -> dict[int, str]:
    """Return what was chosen for the columns of a file, by their position; a field nobody knows is left out."""
    typed = {at: sent.get(f"column-{at}") for at in range(MOST_CELLS)}
    return {at: field if field in FIELDS else "" for at, field in typed.items() if field is not None}


def _packed(school: School, salt: str, what: Any) -> str:
    packed = Signer(salt=salt).sign_object({"school": str(school.id), "what": what}, compress=True)
    if len(packed) > LONGEST:
        raise FileUnreadable(_("The file is too large to look at in one go. Please split it."))
    return packed


def _unpacked(school: School, salt: str, packed: str) -> Any:
    try:
        content = Signer(salt=salt).unsign_object(packed[:LONGEST])
    except BadSignature as error:
        raise StaffListStale from error
    if UUID(content["school"]) != school.id:
        raise StaffListStale
    return content["what"]
