"""The hazard register: what is dangerous at the school, how far each is, and who signed it off."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from backend.common.clock import database_now
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.figure_choice import WEEKS
from backend.portal.hazard_cards import hazard_cards, sums_of
from backend.portal.hazard_choice import hazard_choice
from backend.portal.hazard_paper import hazards_pdf
from backend.portal.listing import listing
from backend.portal.pages import pdf_file, staff_page
from backend.portal.requests import StaffRequest
from backend.rounds.selectors.hazards import hazard_totals

LATEST_FIRST = ("-filed_at", "id")


@permitted(Permission.INBOX_READ)
@require_GET
def hazards(request: StaffRequest) -> HttpResponse:
    """Show the hazards that the reader may know of, narrowed as the address says."""
    now, actor = database_now(), request.actor
    choice = hazard_choice(actor=actor, query=request.GET)
    found = listing(request, choice.tickets, ordering=LATEST_FIRST)
    context = {
        "listing": found,
        "cards": hazard_cards(actor=actor, tickets=found.rows, now=now),
        "sums": sums_of(hazard_totals(tickets=choice.counted, now=now)),
        "choice": choice,
        "weeks": WEEKS[-1],
        "now": now,
    }
    return staff_page(request, "hazards", context, section="tickets")


@permitted(Permission.INBOX_READ)
@require_GET
def hazards_paper(request: StaffRequest) -> HttpResponse:
    """Give the same hazards as a paper."""
    choice = hazard_choice(actor=request.actor, query=request.GET)
    paper = hazards_pdf(actor=request.actor, tickets=choice.tickets, now=database_now())
    return pdf_file(paper, name="hazards")
