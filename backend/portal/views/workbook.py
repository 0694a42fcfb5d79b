"""The school in one workbook: an empty one, the present state, and reading one that was filled in."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from backend.accounts.proving import proof_ask
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.common.later import Later
from backend.common.table_files import MAXIMUM_BYTES, Sheet
from backend.common.text_files import EncodingUnclear, FileUnreadable
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.account_forms import StaffListForm
from backend.portal.carried import CarriedStale
from backend.portal.requests import StaffRequest
from backend.portal.views.setup import school_of_administrator, setup_page
from backend.portal.workbooks import (
    MOST_SHOWN,
    ends_shown,
    errors_shown,
    sheets_packed,
    sheets_shown,
    sheets_unpacked,
    warnings_shown,
)
from backend.setup.workbook.reading import workbook_sheets
from backend.setup.workbook.services import WorkbookOutdated, workbook_export, workbook_preview, workbook_take

if TYPE_CHECKING:
    from backend.setup.workbook import writing
else:
    writing = Later("backend.setup.workbook.writing")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@permitted(Permission.CONFIGURATION_WRITE)
def setup_workbook(request: StaffRequest) -> HttpResponse:
    """Take a workbook and show what it would do, then do that when it is confirmed; for administrators only."""
    school = school_of_administrator(request)
    if request.method != "POST":
        return _page(request, {"form": StaffListForm()})
    try:
        if "workbook" in request.POST:
            # While a school is being set up one person gives every post, and is asked nothing for an hour.
            asked = proof_ask(request) if school.live_at is not None else None
            return asked or _confirmed(request, school, sheets_unpacked(school=school, text=request.POST["workbook"]))
        form = StaffListForm(request.POST, request.FILES)
        if not form.is_valid():
            return _page(request, {"form": form}, HTTPStatus.BAD_REQUEST)
        content = form.cleaned_data["file"].read(MAXIMUM_BYTES + 1)
        return _preview(request, school, workbook_sheets(content=content))
    except CarriedStale as error:
        return _refused(request, error, HTTPStatus.CONFLICT)
    except (FileUnreadable, EncodingUnclear) as error:
        return _refused(request, error, HTTPStatus.BAD_REQUEST)


@permitted(Permission.CONFIGURATION_WRITE)
@require_GET
def template(request: StaffRequest) -> HttpResponse:
    """Give an empty workbook to fill in."""
    school_of_administrator(request)
    return _file(writing.workbook_written(rows={}), "allclear-template.xlsx")


@permitted(Permission.CONFIGURATION_WRITE)
@require_GET
def export(request: StaffRequest) -> HttpResponse:
    """Give the present state of the school in the same form."""
    school, now = school_of_administrator(request), database_now()
    return _file(workbook_export(school=school, now=now), f"allclear-{school.code}-{now:%Y-%m-%d}.xlsx")


def _preview(
    request: StaffRequest, school: School, sheets: Sequence[Sheet], status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    shown = workbook_preview(school=school, actor=request.actor, sheets=sheets, now=database_now())
    plan = shown.plan
    if plan.errors:
        faults = errors_shown(errors=plan.errors)
        wrong = {"errors": faults[:MOST_SHOWN], "error_count": len(plan.errors), "is_cut": len(faults) > MOST_SHOWN}
        return _page(request, {"form": StaffListForm(), **wrong}, HTTPStatus.BAD_REQUEST)
    context = {
        "plan": plan,
        "sheets": sheets_shown(plan=plan),
        "ends": ends_shown(plan=plan),
        "warnings": warnings_shown(plan=plan),
        "left_out": shown.left_out,
        "workbook": sheets_packed(school=school, sheets=sheets),
        "is_outdated": status == HTTPStatus.CONFLICT,
    }
    return _page(request, context, status)


def _confirmed(request: StaffRequest, school: School, sheets: Sequence[Sheet]) -> HttpResponse:
    try:
        done = workbook_take(
            school=school,
            actor=request.actor,
            sheets=sheets,
            digest=request.POST.get("digest", ""),
            keeping=request.POST.getlist("keep"),
            now=database_now(),
        )
    except WorkbookOutdated:
        return _preview(request, school, sheets, HTTPStatus.CONFLICT)
    messages.success(request, _("The workbook has been imported."))
    if done.waiting:
        words = ngettext(
            "%(count)d change waits until a second person has confirmed it.",
            "%(count)d changes wait until a second person has confirmed them.",
            done.waiting,
        )
        messages.info(request, words % {"count": done.waiting})
    return redirect("portal:setup-workbook" if school.live_at else "portal:setup_people")


def _file(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _refused(request: StaffRequest, error: DomainError, status: HTTPStatus) -> HttpResponse:
    form = StaffListForm({})
    form.add_error("file", str(error))
    return _page(request, {"form": form}, status)


def _page(request: StaffRequest, context: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    # At a school that is live the workbook is a page of its own, which each new school year begins with.
    steps: dict[str, Any] = {} if school_of_administrator(request).live_at is None else {"steps": []}
    return setup_page(request, "setup_workbook", {**context, **steps}, step="people", status=status)
