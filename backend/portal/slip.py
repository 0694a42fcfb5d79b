"""The slip of a report: what its reporter keeps, the sheet for the office, and the stub for whoever supervises."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from backend.incidents.models import Report
from backend.incidents.selectors import date_promised, promise_of, result_published
from backend.organisation.models import School
from backend.portal.cards import ReportCard, promise_card, report_card
from backend.portal.slip_parts import (
    LONGEST_OFFICE,
    LONGEST_OWN,
    Fact,
    Slip,
    SlipPart,
    at_time,
    beginning,
    by_time,
    for_office,
    for_reporter,
    for_supervision,
    office_blanks,
    report_code,
    slip_typeset,
    supervision_blanks,
    telephones,
)


def slip_pdf(*, report: Report, school: School, now: datetime) -> bytes:
    """Return the slip of one's own report as PDF.

    Where the ticket is not the reporter's to open there is their part alone, and of a confidential one that part does
    not say what it is about: a paper lies about.
    """
    card = report_card(report=report, can_act=True, now=now)
    parts = [_reporter_part(report, school, card, now), *(_further_parts(report, card) if card.office else ())]
    slip = Slip(reference=report.ticket.reference, school=school.name, is_exercise=report.is_exercise, parts=parts)
    return slip_typeset(slip=slip, now=now)


def _reporter_part(report: Report, school: School, card: ReportCard, now: datetime) -> SlipPart:
    sealed = [_("This is confidential, so the slip does not say what it is about.")] if card.is_sealed else []
    return SlipPart(
        label=for_reporter(),
        facts=list(_facts(report, card)),
        notes=[*sealed, card.next_step],
        due=_promises(report, now),
        words="" if card.is_sealed else beginning(report.description, most=LONGEST_OWN),
        code=report_code(report.id),
        scan=_("Scan this to see where your report stands."),
        numbers=telephones(school),
        foot=_("Printed on %(time)s") % {"time": at_time(now)},
    )


def _further_parts(report: Report, card: ReportCard) -> Iterator[SlipPart]:
    facts = [*_facts(report, card), (_("Office"), card.office)]
    words = "" if card.is_sealed else beginning(report.description, most=LONGEST_OFFICE)
    yield SlipPart(label=for_office(), facts=facts, words=words, blanks=office_blanks())
    yield SlipPart(label=for_supervision(), facts=facts, blanks=supervision_blanks())


def _facts(report: Report, card: ReportCard) -> Iterator[Fact]:
    if not card.is_sealed:
        yield _("About"), card.title
        yield _("Place"), report.place.name if report.place else _("Not given")
    yield _("Happened"), at_time(report.occurred_at)
    yield _("Reported"), at_time(report.filed_at)
    result = result_published(report=report)
    if result:
        yield _("What came of it"), " ".join(result.fix.split())


def _promises(report: Report, now: datetime) -> list[Fact]:
    """Return what the reporter can count on by when: the clocks that run, and the date that the office promised."""
    clocks = promise_card(promise=promise_of(report=report), now=now)
    due = [(row.what, row.due.at) for row in clocks if row.due]
    promised = date_promised(report=report)
    if promised:
        due.append((_("Promised to be solved"), promised.due_at))
    return [(what, by_time(at)) for what, at in due]
