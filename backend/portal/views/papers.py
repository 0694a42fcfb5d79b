"""Papers of one matter: a ticket for an inspector, its slip in three parts, slip and receipt of one's own report."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.incidents.selectors import report_get
from backend.notary.receipts import receipt_of
from backend.portal.access import staff_only
from backend.portal.pages import pdf_file, proof_file, staff_page
from backend.portal.requests import StaffRequest
from backend.portal.slip import slip_pdf
from backend.portal.ticket_paper import ticket_pdf
from backend.portal.ticket_slip import ticket_slip, ticket_slip_pdf
from backend.workflow.selectors import ticket_get
from backend.workflow.services.opening_log import ticket_opened


@staff_only
@require_GET
def ticket_paper(request: StaffRequest, ticket_id: UUID) -> HttpResponse:
    """Give one ticket as a paper; of a confidential one it is recorded first that it was drawn."""
    ticket, now = ticket_get(actor=request.actor, ticket_id=ticket_id), database_now()
    ticket_opened(actor=request.actor, ticket=ticket, now=now, is_paper=True, with_merged=True)
    return pdf_file(ticket_pdf(actor=request.actor, ticket=ticket, now=now), name=ticket.reference)


@staff_only
@require_GET
def ticket_slip_page(request: StaffRequest, ticket_id: UUID) -> HttpResponse:
    """Show the slip of a ticket as a page that prints."""
    ticket, now = ticket_get(actor=request.actor, ticket_id=ticket_id), database_now()
    slip = ticket_slip(actor=request.actor, ticket=ticket, now=now)
    ticket_opened(actor=request.actor, ticket=ticket, now=now, is_paper=True)
    return staff_page(request, "slip", {"ticket": ticket, "slip": slip}, section="tickets")


@staff_only
@require_GET
def ticket_slip_file(request: StaffRequest, ticket_id: UUID) -> HttpResponse:
    """Give the same as a paper."""
    ticket, now = ticket_get(actor=request.actor, ticket_id=ticket_id), database_now()
    paper = ticket_slip_pdf(actor=request.actor, ticket=ticket, now=now)
    ticket_opened(actor=request.actor, ticket=ticket, now=now, is_paper=True)
    return pdf_file(paper, name=f"slip-{ticket.reference}")


@staff_only
@require_GET
def report_proof(request: StaffRequest, report_id: UUID) -> HttpResponse:
    """Give the receipt of one's own report."""
    report = report_get(actor=request.actor, report_id=report_id)
    return proof_file(receipt_of(report=report), name=report.ticket.reference)


@staff_only
@require_GET
def report_slip(request: StaffRequest, report_id: UUID) -> HttpResponse:
    """Give the slip of one's own report."""
    report, now = report_get(actor=request.actor, report_id=report_id), database_now()
    if request.school is None:
        raise NotFound
    return pdf_file(slip_pdf(report=report, school=request.school, now=now), name=report.ticket.reference)
