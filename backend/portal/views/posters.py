"""Posters with QR codes: the list of buildings and places, and the file to print."""

from collections.abc import Sequence
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
from backend.portal.posters import MOST_POSTERS, Building, Hung, buildings_of, posters_pdf
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
    paper = posters_pdf(school=school, hung=_chosen(request, buildings), now=database_now())
    return pdf_file(paper, name=f"posters-{school.code}")


def _chosen(request: StaffRequest, buildings: Sequence[Building]) -> Sequence[Hung]:
    everything = [row for building in buildings for row in building.hung]
    for key in ("inside", "place"):
        if key in request.GET:
            wanted = _id(request.GET[key])
            found = [row for row in everything if wanted in _ids(row, with_around=key == "inside")]
            if not found:
                raise NotFound
            return found
    return everything


def _ids(row: Hung, *, with_around: bool) -> set[UUID]:
    return {row.place.id, *(place.id for place in row.around if with_around)}


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


def _school(request: StaffRequest) -> School:
    if request.school is None:
        raise NotAtASchool
    return request.school
