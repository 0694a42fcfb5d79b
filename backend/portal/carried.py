"""A file or list that was chosen, on its way through the reader's browser until it is confirmed. Pure."""

from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict
from backend.common.text_files import FileUnreadable
from backend.organisation.models import School

LONGEST = 400_000


class CarriedStale(Conflict):
    """The thing that was sent back is not the one that was shown, or was shown for another school."""

    code = "file_stale"
    title = _("The list is not complete any more. Please choose the file again.")


def packed(*, school: School, salt: str, what: Any) -> str:
    """Return something as a signed, compressed text; raise FileUnreadable when a form could not carry it."""
    text = Signer(salt=salt).sign_object({"school": str(school.id), "what": what}, compress=True)
    if len(text) > LONGEST:
        raise FileUnreadable(_("The file is too large to look at in one go. Please split it."))
    return text


def unpacked(*, school: School, salt: str, text: str) -> Any:
    """Return what was packed for this school; raise CarriedStale."""
    try:
        content = Signer(salt=salt).unsign_object(text[:LONGEST])
    except BadSignature as error:
        raise CarriedStale from error
    if UUID(content["school"]) != school.id:
        raise CarriedStale
    return content["what"]
