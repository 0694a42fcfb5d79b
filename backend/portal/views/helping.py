"""Help for every colleague: one page that gathers it."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from backend.portal.access import staff_only
from backend.portal.first_steps import first_steps
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest


@staff_only
@require_GET
def help_page(request: StaffRequest) -> HttpResponse:
    """Show the first steps, how a report goes, who sees what and the keys, and lead to the numbers."""
    return staff_page(request, "help", {"first_steps": first_steps(actor=request.actor)}, section="help")
