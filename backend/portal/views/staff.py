"""The staff list of the school: looking at a file, taking it into use, and inviting people."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.common.clock import database_now
from backend.organisation.models import School
from backend.organisation.permissions import NotAdministrator, Permission
from backend.organisation.selectors.invitations import people_without_account
from backend.organisation.services.invitations import people_invite
from backend.organisation.services.staff_import import StaffImportResult, staff_import
from backend.organisation.staff_csv import (
    LONGEST,
    MAXIMUM_BYTES,
    RowError,
    StaffFile,
    StaffFileUnreadable,
    staff_file_read,
)
from backend.portal.access import permitted
from backend.portal.account_forms import StaffListForm
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest
from backend.portal.staff_lists import StaffListStale, list_packed, list_unpacked

MOST_SHOWN = 100


@permitted(Permission.STAFF_IMPORT)
def staff_import_page(request: StaffRequest) -> HttpResponse:
    """Take a file and show what it would do, then do that when it is confirmed; for administrators only."""
    school = _administered(request)
    if request.method != "POST":
        return _page(request, {"form": StaffListForm()})
    if "list" in request.POST:
        return _confirmed(request, school)
    form = StaffListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, {"form": form}, HTTPStatus.BAD_REQUEST)
    try:
        read = staff_file_read(form.cleaned_data["file"].read(MAXIMUM_BYTES + 1))
        return _preview(request, school, read)
    except StaffFileUnreadable as error:
        form.add_error("file", str(error))
        return _page(request, {"form": form}, HTTPStatus.BAD_REQUEST)


@permitted(Permission.STAFF_INVITE)
def invite(request: StaffRequest) -> HttpResponse:
    """Invite everybody who has no account yet; for administrators only."""
    _administered(request)
    if request.method == "POST":
        invited = people_invite(actor=request.actor, now=database_now())
        messages.success(
            request,
            ngettext("%(count)d invitation is on its way.", "%(count)d invitations are on their way.", invited.mails)
            % {"count": invited.mails},
        )
        if invited.waiting:
            messages.info(request, _waiting(invited.waiting))
    return redirect("portal:staff_import")


def _administered(request: StaffRequest) -> School:
    if request.school is None:
        raise NotAdministrator
    return request.school


def _preview(request: StaffRequest, school: School, read: StaffFile) -> HttpResponse:
    done = staff_import(school=school, rows=read.rows, actor=request.actor, now=database_now(), dry_run=True)
    errors = sorted([*read.errors, *done.errors], key=lambda error: error.line)
    if errors:
        return _page(request, {"form": StaffListForm(), **_wrong(errors)}, HTTPStatus.BAD_REQUEST)
    context = {"done": done, "shown": _shown(done), "list": list_packed(school=school, rows=read.rows)}
    return _page(request, context)


def _confirmed(request: StaffRequest, school: School) -> HttpResponse:
    now = database_now()
    try:
        rows = list_unpacked(school=school, packed=request.POST["list"])
    except StaffListStale as error:
        form = StaffListForm({})
        form.add_error("file", str(error))
        return _page(request, {"form": form}, HTTPStatus.CONFLICT)
    done = staff_import(school=school, rows=rows, actor=request.actor, now=now)
    if done.errors:
        return _page(request, {"form": StaffListForm(), **_wrong(done.errors)}, HTTPStatus.CONFLICT)
    words = _("The list is taken into use: %(added)d people added, %(changed)d changed, %(unchanged)d as they were.")
    counts = {"added": len(done.added), "changed": len(done.changed), "unchanged": len(done.unchanged)}
    messages.success(request, words % counts)
    if done.waiting:
        messages.info(request, _waiting(done.waiting))
    return redirect("portal:staff_import")


def _waiting(count: int) -> str:
    words = ngettext(
        "%(count)d change waits until a second person has confirmed it.",
        "%(count)d changes wait until a second person has confirmed them.",
        count,
    )
    return words % {"count": count}


def _page(request: StaffRequest, context: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    shared = {"columns": list(LONGEST), "without_account": people_without_account(actor=request.actor)}
    return staff_page(request, "staff_import", {**shared, **context}, section="account", status=status)


def _wrong(errors: Sequence[RowError]) -> dict[str, Any]:
    return {"errors": errors[:MOST_SHOWN], "error_count": len(errors)}


def _shown(done: StaffImportResult) -> list[tuple[str, Any]]:
    return [(_("New"), done.added[:MOST_SHOWN]), (_("Changed"), done.changed[:MOST_SHOWN])]
