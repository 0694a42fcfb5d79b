"""A checked staff list on its way through the reader's browser, between looking at it and confirming it. Pure."""

from collections.abc import Sequence
from dataclasses import astuple
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict
from backend.organisation.models import School
from backend.organisation.roles import Role
from backend.organisation.staff_csv import StaffFileUnreadable, StaffRow

SALT = "allclear.staff-list"
LONGEST = 400_000


class StaffListStale(Conflict):
    """The list that was sent back is not the one that was shown, or was shown for another school."""

    code = "staff_list_stale"
    title = _("The list is not complete any more. Please choose the file again.")


def list_packed(*, school: School, rows: Sequence[StaffRow]) -> str:
    """Return the rows as a signed, compressed text; raise StaffFileUnreadable when a form could not carry it."""
    content = {"school": str(school.id), "rows": [astuple(row) for row in rows]}
    packed = Signer(salt=SALT).sign_object(content, compress=True)
    if len(packed) > LONGEST:
        raise StaffFileUnreadable(_("The file is too large to look at in one go. Please split it."))
    return packed


def list_unpacked(*, school: School, packed: str) -> list[StaffRow]:
    """Return the rows of a list that was packed for this school; raise StaffListStale."""
    try:
        content = Signer(salt=SALT).unsign_object(packed[:LONGEST])
    except BadSignature as error:
        raise StaffListStale from error
    if UUID(content["school"]) != school.id:
        raise StaffListStale
    return [
        StaffRow(line, number, name, email, unit, Role(role), language)
        for line, number, name, email, unit, role, language in content["rows"]
    ]
