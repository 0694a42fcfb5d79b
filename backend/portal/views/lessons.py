"""The page of the lessons that were published for the colleagues of a school."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from backend.portal.access import staff_only
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest
from backend.workflow.lessons import lessons_of
from backend.workflow.models import Cause


@staff_only
@require_GET
def lessons(request: StaffRequest) -> HttpResponse:
    """Show the lessons, the newest first."""
    rows = [(Cause(row.cause).label, row.lesson, row.published_at) for row in lessons_of(actor=request.actor)]
    return staff_page(request, "lessons", {"rows": rows}, section="lessons")
