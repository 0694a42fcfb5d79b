"""The days of a calendar file on their way through the reader's browser, before they are confirmed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from django import forms
from django.core.signing import BadSignature, Signer
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.calendars.ical import IcalDays, IcalKind
from backend.calendars.ical_merge import Joined
from backend.calendars.ical_text import IcalTooLarge
from backend.common.errors import Conflict
from backend.organisation.models import School

SALT = "allclear.calendar-file"
LONGEST = 200_000
KINDS: dict[str, Promise] = {
    IcalKind.HOLIDAY: _("Holiday: nobody works"),
    IcalKind.TERM: _("School term"),
    IcalKind.LEFT_OUT: _("Leave out"),
}
OUTCOMES: dict[str, Promise] = {
    Joined.ADDED: _("New"),
    Joined.KNOWN: _("There already"),
    Joined.OVERLAPS: _("Overlaps another one, which stays"),
    Joined.LEFT_OUT: _("Left out"),
}


class CalendarDaysStale(Conflict):
    """The days that were sent back are not those that were shown, or were shown for another school."""

    code = "calendar_days_stale"
    title = _("The list is not complete any more. Please choose the file again.")


class CalendarFileForm(forms.Form):
    """A calendar file."""

    file = forms.FileField(allow_empty_file=True, error_messages={"required": _("Please choose a file.")})


def days_packed(*, school: School, rows: Sequence[IcalDays]) -> str:
    """Return days as a signed, compressed text; raise IcalTooLarge where a form could not carry it."""
    content = [[row.first.isoformat(), row.last.isoformat(), row.name, row.kind] for row in rows]
    packed = Signer(salt=SALT).sign_object({"school": str(school.id), "days": content}, compress=True)
    if len(packed) > LONGEST:
        raise IcalTooLarge
    return packed


def days_unpacked(*, school: School, packed: str) -> list[IcalDays]:
    """Return the days that were packed for this school; raise CalendarDaysStale."""
    try:
        content = Signer(salt=SALT).unsign_object(packed[:LONGEST])
    except BadSignature as error:
        raise CalendarDaysStale from error
    if UUID(content["school"]) != school.id:
        raise CalendarDaysStale
    return [
        IcalDays(date.fromisoformat(first), date.fromisoformat(last), name, IcalKind(kind))
        for first, last, name, kind in content["days"]
    ]


def days_chosen(*, rows: Sequence[IcalDays], values: Mapping[str, str]) -> list[IcalDays]:
    """Return the days as the reader says what they are; what is not said stays as it was proposed."""
    chosen = [values.get(f"kind-{number}", "") for number in range(1, len(rows) + 1)]
    return [replace(row, kind=IcalKind(kind)) if kind in KINDS else row for row, kind in zip(rows, chosen, strict=True)]
