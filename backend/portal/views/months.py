"""The report of a month of one school, as a page that prints and as a paper."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from backend.common.clock import database_now
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.month_choice import month_asked
from backend.portal.months import month_after, month_before, month_pdf
from backend.portal.pages import pdf_file, staff_page
from backend.portal.requests import StaffRequest


@permitted(Permission.FIGURES_READ)
@require_GET
def month(request: StaffRequest) -> HttpResponse:
    """Show a month; the last that is over where none is asked for."""
    now = database_now()
    asked = month_asked(actor=request.actor, given=request.GET, now=now)
    following = month_after(asked.month)
    context = {
        "shown": asked.shown(actor=request.actor, now=now),
        "asked": asked,
        "this": asked.query(asked.month),
        "previous": asked.query(month_before(asked.month)),
        "following": asked.query(following) if following <= asked.latest else "",
    }
    return staff_page(request, "month", context, section="tickets")


@permitted(Permission.FIGURES_READ)
@require_GET
def month_file(request: StaffRequest) -> HttpResponse:
    """Give a month as PDF."""
    now = database_now()
    asked = month_asked(actor=request.actor, given=request.GET, now=now)
    return pdf_file(month_pdf(shown=asked.shown(actor=request.actor, now=now), now=now), name=asked.name)
