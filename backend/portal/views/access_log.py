"""The page of the access log: who opened confidential tickets."""

from uuid import UUID

from django.http import HttpResponse

from backend.portal.access import staff_only
from backend.portal.listing import listing
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest
from backend.workflow.openings import openings_visible

NEWEST_FIRST = ("-opened_at", "id")


@staff_only
def access_log(request: StaffRequest, ticket_id: UUID | None = None) -> HttpResponse:
    """Show who opened confidential tickets of the school, or one of them, to whoever answers for the pupils."""
    openings = openings_visible(actor=request.actor)
    if ticket_id is not None:
        openings = openings.filter(ticket=ticket_id)
    found = listing(request, openings, ordering=NEWEST_FIRST)
    context = {"listing": found, "is_of_one": ticket_id is not None}
    return staff_page(request, "access_log", context, section="tickets")
