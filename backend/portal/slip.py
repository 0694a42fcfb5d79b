"""The slip of a report: what its reporter keeps, the sheet for the office, and the stub for whoever supervises."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from backend.common.moments import moment_in
from backend.common.typesetting import paper_typeset
from backend.incidents.models import Report
from backend.incidents.selectors import date_promised, promise_of, result_published
from backend.organisation.models import School
from backend.portal.cards import promise_card, report_card
from backend.portal.codes import code_drawn

TEMPLATE = Path(__file__).with_name("papers") / "slip.typ"


def slip_pdf(*, report: Report, school: School, now: datetime) -> bytes:
    """Return the slip of one's own report as PDF.

    Where the ticket is not the reporter's to open there is their part alone, and of a confidential one that part does
    not say what it is about: a paper lies about.
    """
    return paper_typeset(
        template=TEMPLATE, title=f"{_('Slip')} {report.ticket.reference}", data=_data(report, school, now), now=now
    )


def _data(report: Report, school: School, now: datetime) -> dict[str, Any]:
    card = report_card(report=report, can_act=True, now=now)
    ticket = report.ticket
    about = [] if card.is_sealed else [(_("About"), card.title), (_("Place"), _place(report))]
    facts = [*about, (_("Happened"), _at(report.occurred_at)), (_("Reported"), _at(report.filed_at))]
    return {
        "school": school.name,
        "reference": ticket.reference,
        "mark": _("Exercise") if report.is_exercise else "",
        "facts": [*facts, *_result(report)],
        "office_facts": [*facts, (_("Office"), card.office)],
        "next": card.next_step,
        "promises": _promises(report, now),
        "words": "" if card.is_sealed else " ".join(report.description.split()),
        "is_sealed": card.is_sealed,
        "has_parts": card.office != "",
        "code": code_drawn(f"{settings.PUBLIC_URL}{reverse('portal:report_detail', args=[report.id])}"),
        "numbers": [
            (_("Police"), school.emergency_police),
            (_("Fire"), school.emergency_fire),
            (_("Ambulance"), school.emergency_ambulance),
        ],
        "labels": {
            "reporter": _("For the reporter"),
            "office": _("For the office that answers for it"),
            "supervision": _("For whoever supervises it"),
            "code": _("Scan this to see where your report stands."),
            "scan": _("The QR code of your report"),
            "signed": [_("Seen by, on"), _("What was done"), "", _("Solved on, by")],
            "checked": [_("Checked by, on"), _("Result")],
            "sealed": _("This is confidential, so the slip does not say what it is about."),
        },
        "printed": _("Printed on %(time)s") % {"time": _at(now)},
    }


def _promises(report: Report, now: datetime) -> list[tuple[str, str]]:
    """Return what the reporter can count on by when: the clocks that run, and the date that the office promised."""
    clocks = promise_card(promise=promise_of(report=report), now=now)
    due = [(row.what, row.due.at) for row in clocks if row.due]
    promised = date_promised(report=report)
    if promised:
        due.append((_("Promised to be solved"), promised.due_at))
    return [(what, _("by %(time)s") % {"time": _at(at)}) for what, at in due]


def _result(report: Report) -> list[tuple[str, str]]:
    """Return what came of it, where that was published."""
    result = result_published(report=report)
    return [(_("What came of it"), " ".join(result.fix.split()))] if result else []


def _place(report: Report) -> str:
    return report.place.name if report.place else _("Not given")


def _at(at: datetime) -> str:
    return moment_in(at=at, zone=get_current_timezone())
