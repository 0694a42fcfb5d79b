"""The page of a school's telephone numbers."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from backend.common.clock import database_now
from backend.organisation.permissions import Permission
from backend.portal.access import staff_only
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest
from backend.portal.telephones import telephone_book
from backend.workflow.errors import NotAtASchool


@staff_only
@require_GET
def telephones(request: StaffRequest) -> HttpResponse:
    """Show whom colleagues ring, and to an administrator the way to add numbers."""
    if request.school is None:
        raise NotAtASchool
    now = database_now()
    context = {
        "book": telephone_book(actor=request.actor, school=request.school, now=now),
        "made_at": now,
        "may_edit": request.actor.may(Permission.CONFIGURATION_WRITE),
    }
    return staff_page(request, "telephones", context, section="telephones")
