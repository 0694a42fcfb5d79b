"""The parts of a slip to cut apart, each with what its own reader may know, for a page and a paper."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from backend.common.moments import moment_in
from backend.common.typesetting import paper_typeset
from backend.organisation.models import School
from backend.portal.codes import code_drawn

TEMPLATE = Path(__file__).with_name("papers") / "slip.typ"
LONGEST_OFFICE, LONGEST_OWN = 160, 320
"""So many characters of a report's words have room on the parts of the office and of the reporter."""
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipPart:
    """One part: for whom, what it says, by when what is due, and the lines that are filled in by hand."""

    label: str
    facts: Sequence[Fact]
    notes: Sequence[str] = ()
    due: Sequence[Fact] = ()
    words: str = ""
    blanks: Sequence[str] = ()
    code: str = ""
    """The drawing of a QR code, `scan` what it leads to; empty where there is none."""
    scan: str = ""
    numbers: Sequence[Fact] = ()
    foot: str = ""

    @property
    def drawing(self) -> SafeString:
        """The code as a page shows it."""
        return mark_safe(self.code)  # noqa: S308 - drawn by us


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A slip: the ticket it is of, and its parts in the order in which they are cut off."""

    reference: str
    school: str
    is_exercise: bool
    parts: Sequence[SlipPart]


def slip_typeset(*, slip: Slip, now: datetime) -> bytes:
    """Return a slip as PDF, on one page."""
    data = {
        "reference": slip.reference,
        "school": slip.school,
        "mark": _("Exercise") if slip.is_exercise else "",
        "parts": [asdict(part) for part in slip.parts],
    }
    return paper_typeset(template=TEMPLATE, title=f"{_('Slip')} {slip.reference}", data=data, now=now)


def for_reporter() -> str:
    """Return the heading of the reporter's part."""
    return _("For the reporter")


def for_office() -> str:
    """Return the heading of the sheet on which the work is noted."""
    return _("For the office that answers for it")


def for_supervision() -> str:
    """Return the heading of the stub of whoever supervises."""
    return _("For whoever supervises it")


def office_blanks() -> list[str]:
    """Return what the office fills in by hand; an empty one goes on with the line before it."""
    return [_("Seen by, on"), _("What was done"), "", _("Solved on, by")]


def supervision_blanks() -> list[str]:
    """Return what whoever supervises fills in by hand."""
    return [_("Checked by, on"), _("Result")]


def report_code(report_id: object) -> str:
    """Return the code that leads to one's own report."""
    return code_drawn(f"{settings.PUBLIC_URL}{reverse('portal:report_detail', args=[report_id])}")


def ticket_code(ticket_id: object) -> str:
    """Return the code that leads to a ticket, for whoever may open it."""
    return code_drawn(f"{settings.PUBLIC_URL}{reverse('portal:ticket_detail', args=[ticket_id])}")


def telephones(school: School) -> list[Fact]:
    """Return the numbers to call in an emergency."""
    return [
        (_("Police"), school.emergency_police),
        (_("Fire"), school.emergency_fire),
        (_("Ambulance"), school.emergency_ambulance),
    ]


def by_time(at: datetime) -> str:
    """Return by when something is due, in words."""
    return _("by %(time)s") % {"time": at_time(at)}


def at_time(at: datetime) -> str:
    """Return an instant as the school's clock shows it."""
    return moment_in(at=at, zone=get_current_timezone())


def beginning(words: str, *, most: int) -> str:
    """Return the beginning of a report's words in one line; the whole of them may fill pages."""
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[:most]}…"
