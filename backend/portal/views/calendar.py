"""Taking holidays and terms into the school's calendar from a calendar file: looked at first, stored when confirmed."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext

from backend.calendars.ical import IcalDays
from backend.calendars.ical_merge import Merged
from backend.calendars.ical_text import MAXIMUM_BYTES
from backend.calendars.services.taking_in import calendar_file_read, calendar_join, calendar_take_in
from backend.common.clock import database_now
from backend.common.errors import DomainError, NotFound
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.organisation.selectors.school_calendars import calendar_lock
from backend.portal.access import permitted
from backend.portal.calendar_files import KINDS, OUTCOMES, CalendarFileForm, days_chosen, days_packed, days_unpacked
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest


@permitted(Permission.CALENDAR_WRITE)
def calendar_import_page(request: StaffRequest) -> HttpResponse:
    """Take a file and show what it would do, then do that when it is confirmed; for keepers of the calendar."""
    school, calendar_id = _at(request)
    if request.method != "POST":
        return _page(request, {"form": CalendarFileForm()})
    try:
        if "days" in request.POST:
            return _confirmed(request, school, calendar_id)
        form = CalendarFileForm(request.POST, request.FILES)
        if not form.is_valid():
            return _page(request, {"form": form}, HTTPStatus.BAD_REQUEST)
        return _preview(request, school, calendar_id, form.cleaned_data["file"].read(MAXIMUM_BYTES + 1))
    except DomainError as error:
        form = CalendarFileForm({})
        form.add_error("file", str(error))
        return _page(request, {"form": form}, error.status)


def _preview(request: StaffRequest, school: School, calendar_id: UUID, content: bytes) -> HttpResponse:
    zone = ZoneInfo(school.time_zone)
    found = calendar_file_read(content=content, zone=zone, today=database_now().astimezone(zone).date())
    with transaction.atomic():
        calendar = calendar_lock(actor=request.actor, calendar_id=calendar_id)
        merged = calendar_join(calendar=calendar, rows=found.days)
    packed = days_packed(school=school, rows=found.days)
    return _page(
        request, {"rows": _shown(merged), "problems": found.problems, "packed": packed, "kinds": KINDS.items()}
    )


def _confirmed(request: StaffRequest, school: School, calendar_id: UUID) -> HttpResponse:
    rows: Sequence[IcalDays] = days_unpacked(school=school, packed=request.POST["days"])
    chosen = days_chosen(rows=rows, values=request.POST)
    with transaction.atomic():
        calendar = calendar_lock(actor=request.actor, calendar_id=calendar_id)
        merged = calendar_take_in(calendar=calendar, rows=chosen)
    words = ngettext("%(count)d entry was taken in.", "%(count)d entries were taken in.", merged.added)
    messages.success(request, words % {"count": merged.added})
    return redirect("portal:calendar_import")


def _at(request: StaffRequest) -> tuple[School, UUID]:
    if request.school is None or request.school.calendar_id is None:
        raise NotFound
    return request.school, request.school.calendar_id


def _shown(merged: Merged) -> list[dict[str, Any]]:
    return [{"days": row, "outcome": OUTCOMES[outcome]} for row, outcome in merged.outcomes]


def _page(request: StaffRequest, context: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    return staff_page(request, "calendar_import", context, section="account", status=status)
