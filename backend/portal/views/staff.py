"""The staff list of the school: looking at a file, taking it into use, and inviting people."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.accounts.proving import proof_ask, proved
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.common.row_numbers import row_numbers
from backend.common.table_files import MAXIMUM_BYTES
from backend.common.text_files import EncodingUnclear, FileUnreadable
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.organisation.selectors.invitations import people_without_address
from backend.organisation.selectors.schools import unit_names
from backend.organisation.services.handed_invitations import invitation_hand_out
from backend.organisation.services.invitations import people_invite
from backend.organisation.services.staff_import import StaffImportResult, staff_import
from backend.organisation.staff_headings import ColumnsMissing
from backend.organisation.staff_lists import RowError, StaffFile, staff_file_read
from backend.portal.access import permitted
from backend.portal.account_forms import StaffListForm
from backend.portal.carried import CarriedStale
from backend.portal.faults import faults_joined
from backend.portal.invitations import invitations_shown, invited_tell
from backend.portal.mails import link_with
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest
from backend.portal.staff_lists import (
    FIELD_NAMES,
    columns_chosen,
    file_packed,
    file_unpacked,
    list_packed,
    list_unpacked,
)
from backend.portal.views.setup import school_of_administrator

MOST_SHOWN = 100


@permitted(Permission.STAFF_IMPORT)
def staff_import_page(request: StaffRequest) -> HttpResponse:
    """Take a file and show what it would do, then do that when it is confirmed; for administrators only."""
    school = school_of_administrator(request)
    if request.method != "POST":
        return _page(request, {"form": StaffListForm()})
    try:
        if "list" in request.POST:
            return proof_ask(request) or _confirmed(request, school)
        if "content" in request.POST:
            return _looked_at(request, school, file_unpacked(school=school, text=request.POST["content"]))
    except CarriedStale as error:
        return _refused(request, error, HTTPStatus.CONFLICT)
    form = StaffListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, {"form": form}, HTTPStatus.BAD_REQUEST)
    return _looked_at(request, school, form.cleaned_data["file"].read(MAXIMUM_BYTES + 1))


@permitted(Permission.STAFF_INVITE)
@proved
def invite(request: StaffRequest) -> HttpResponse:
    """Invite everybody who has no account yet; for administrators only."""
    school_of_administrator(request)
    if request.method == "POST":
        invited = people_invite(actor=request.actor, now=database_now(), again="again" in request.POST)
        invited_tell(request=request, invited=invited)
    return redirect("portal:staff_import")


@permitted(Permission.STAFF_INVITE)
@proved
def link(request: StaffRequest, person_id: UUID) -> HttpResponse:
    """Show a link to hand over to somebody without an address; it is shown once and stored nowhere."""
    school_of_administrator(request)
    if request.method != "POST":
        return redirect("portal:staff_import")
    handed = invitation_hand_out(actor=request.actor, person_id=person_id, now=database_now())
    shown = {"person": handed.person, "link": link_with("portal:invitation", handed.token)}
    return _page(request, {"form": StaffListForm(), "handed": shown})


def _looked_at(request: StaffRequest, school: School, content: bytes) -> HttpResponse:
    """Show what a file would do; where it is not certain how to read it, ask."""
    encoding, chosen = request.POST.get("encoding", ""), columns_chosen(sent=request.POST.dict())
    try:
        asked = {"content": file_packed(school=school, content=content), "encoding": encoding}
        read = staff_file_read(content=content, encoding=encoding, chosen=chosen, known=unit_names(school=school))
        return _preview(request, school, read, {**asked, "headings": read.headings})
    except EncodingUnclear as error:
        return _page(request, {"form": StaffListForm(), **asked, "samples": error.samples})
    except ColumnsMissing as error:
        return _refused(request, error, HTTPStatus.BAD_REQUEST, {**asked, "headings": error.headings})
    except FileUnreadable as error:
        return _refused(request, error, HTTPStatus.BAD_REQUEST)


def _preview(request: StaffRequest, school: School, read: StaffFile, asked: dict[str, Any]) -> HttpResponse:
    done = staff_import(school=school, rows=read.rows, actor=request.actor, now=database_now(), dry_run=True)
    errors = sorted([*read.errors, *done.errors], key=lambda error: error.line)
    if errors:
        return _page(request, {"form": StaffListForm(), **asked, **_wrong(errors)}, HTTPStatus.BAD_REQUEST)
    ends = [held.appointment.pk for held in done.leaving]
    context = {"done": done, "shown": _shown(done), "notes": read.notes[:MOST_SHOWN]}
    return _page(request, {**asked, **context, "list": list_packed(school=school, rows=read.rows, ends=ends)})


def _refused(
    request: StaffRequest, error: DomainError, status: HTTPStatus, context: dict[str, Any] | None = None
) -> HttpResponse:
    form = StaffListForm({})
    form.add_error("file", str(error))
    return _page(request, {"form": form, **(context or {})}, status)


def _confirmed(request: StaffRequest, school: School) -> HttpResponse:
    rows, ends = list_unpacked(school=school, text=request.POST["list"])
    keeping = row_numbers(request.POST.getlist("keep"))
    now = database_now()
    done = staff_import(school=school, rows=rows, actor=request.actor, now=now, keeping=keeping, shown=ends)
    if done.errors:
        return _page(request, {"form": StaffListForm(), **_wrong(done.errors)}, HTTPStatus.CONFLICT)
    words = _("The list has been imported: %(added)d people added, %(changed)d changed, %(unchanged)d as they were.")
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
    shared = {
        "fields": FIELD_NAMES.items(),
        "columns_known": [str(name) for name in FIELD_NAMES.values()],
        **invitations_shown(actor=request.actor),
        "without_address": people_without_address(actor=request.actor)[:MOST_SHOWN],
    }
    return staff_page(request, "staff_import", {**shared, **context}, section="account", status=status)


def _wrong(errors: Sequence[RowError]) -> dict[str, Any]:
    named = {field: str(name) for field, name in FIELD_NAMES.items()}
    faults = faults_joined(("", error.line, named.get(error.column, error.column), error.message) for error in errors)
    return {"errors": faults[:MOST_SHOWN], "error_count": len(errors), "is_cut": len(faults) > MOST_SHOWN}


def _shown(done: StaffImportResult) -> list[tuple[str, Any]]:
    return [(_("New"), done.added[:MOST_SHOWN]), (_("Changed"), done.changed[:MOST_SHOWN])]
