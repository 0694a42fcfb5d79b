"""The page of published results."""

from django.http import HttpResponse

from backend.portal.access import staff_only
from backend.portal.listing import listing
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest
from backend.workflow.results import results_published

NEWEST_FIRST = ("-published_at", "id")


@staff_only
def results(request: StaffRequest) -> HttpResponse:
    """Show what came of reports at the reader's school."""
    found = listing(request, results_published(actor=request.actor), ordering=NEWEST_FIRST)
    return staff_page(request, "results", {"listing": found}, section="reports")
