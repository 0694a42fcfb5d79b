"""Posters with QR codes: the list of buildings and places, and the file to print."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.pages import pdf_file, staff_page
from backend.portal.posters import MOST_POSTERS, buildings_of, hung_chosen, posters_pdf
from backend.portal.requests import StaffRequest
from backend.portal.selectors import places_for_report
from backend.workflow.errors import NotAtASchool


@permitted(Permission.PLACES_READ_CODE)
@require_GET
def posters(request: StaffRequest) -> HttpResponse:
    """Show what can be printed: everything, a building with what is inside it, or one place."""
    _school(request)
    buildings = buildings_of(places_for_report(actor=request.actor))
    count = sum(len(building.hung) for building in buildings)
    context = {
        "buildings": buildings,
        "count": count,
        "is_too_many": count > MOST_POSTERS,
        "address": settings.PUBLIC_URL,
        "is_public": settings.PUBLIC_URL.startswith("https://"),
    }
    return staff_page(request, "posters", context, section="manage")


@permitted(Permission.PLACES_READ_CODE)
@require_GET
def posters_file(request: StaffRequest) -> HttpResponse:
    """Give the posters of the whole school, of a building (`inside`) or of one place (`place`) as PDF."""
    school = _school(request)
    buildings = buildings_of(places_for_report(actor=request.actor))
    hung = hung_chosen(buildings=buildings, inside=_id(request, "inside"), place=_id(request, "place"))
    paper = posters_pdf(school=school, hung=hung, now=database_now())
    return pdf_file(paper, name=f"posters-{school.code}")


def _id(request: StaffRequest, key: str) -> UUID | None:
    try:
        return UUID(request.GET[key]) if key in request.GET else None
    except ValueError as error:
        raise NotFound from error


def _school(request: StaffRequest) -> School:
    if request.school is None:
        raise NotAtASchool
    return request.school
