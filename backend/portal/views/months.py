"""The report of a month of one school, as a page that prints and as a paper."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.insights.selectors.extents import Reach, reach_of
from backend.insights.selectors.figures import monthly
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.months import MonthShown, month_after, month_before, month_of_text, month_pdf, month_shown
from backend.portal.pages import pdf_file, staff_page
from backend.portal.requests import StaffRequest

EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """The school and the month that an address asks for, and the latest month there is."""

    reach: Reach
    school: School
    month: date
    latest: date

    def query(self, month: date) -> str:
        """Return the address's part that asks for a month of the same school."""
        return urlencode({"month": f"{month:%Y-%m}", "school": self.school.id})


@permitted(Permission.FIGURES_READ)
@require_GET
def month(request: StaffRequest) -> HttpResponse:
    """Show a month; the last that is over where none is asked for."""
    now = database_now()
    asked = _asked(request, now)
    following = month_after(asked.month)
    context = {
        "shown": _shown(request, asked, now),
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
    asked = _asked(request, now)
    paper = month_pdf(shown=_shown(request, asked, now), now=now)
    return pdf_file(paper, name=f"{asked.school.code}-{asked.month:%Y-%m}")


def _shown(request: StaffRequest, asked: Asked, now: datetime) -> MonthShown:
    year, number = asked.month.year, asked.month.month
    found = monthly(actor=request.actor, school_id=asked.school.id, year=year, month=number, now=now)
    return month_shown(monthly=found, reach=asked.reach, school=asked.school, now=now)


def _asked(request: StaffRequest, now: datetime) -> Asked:
    """Return what the address asks for; raise NotFound for a school or a month that is not there."""
    reach = reach_of(actor=request.actor)
    latest = reach.today(now).replace(day=1)
    given = request.GET.get("month")
    chosen = month_of_text(given) if given else month_before(latest)
    school = _school(reach, request.GET.get("school", ""))
    if school is None or chosen is None or not EARLIEST <= chosen <= latest:
        raise NotFound
    return Asked(reach, school, chosen, latest)


def _school(reach: Reach, given: str) -> School | None:
    if not given:
        return next(iter(reach.schools), None)
    try:
        wanted = UUID(given)
    except ValueError:
        return None
    return next((school for school in reach.schools if school.id == wanted), None)
