"""Adding photos and documents by a form, for whoever has no script, and taking them away."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.common.errors import DomainError, NotFound
from backend.files.models import Purpose, Upload
from backend.files.services import UploadDraft
from backend.incidents.models import Report
from backend.incidents.selectors import report_get
from backend.incidents.services import report_file_begin
from backend.portal.access import staff_only
from backend.portal.requests import StaffRequest
from backend.portal.taking import files_take
from backend.workflow.actions import BY_NAME
from backend.workflow.attachments import attachment_get, purpose_for
from backend.workflow.selectors import ticket_get
from backend.workflow.services import attachment_remove, ticket_file_begin

FIELD = "file"
PHOTO = "photo"
"""The field of the report form."""
SENT = "sent"
"""The field by which a script says that it has sent the files already, in parts."""
LONGEST_NOTE = 4000


@staff_only
def ticket_files(request: StaffRequest, ticket_id: UUID) -> HttpResponse:
    """Add what the form sends to a ticket: of its reporter it shows what is the matter, of others what was done."""
    ticket = ticket_get(actor=request.actor, ticket_id=ticket_id)
    if request.method == "POST":
        _take_for_ticket(request, ticket_id, purpose_for(actor=request.actor, ticket=ticket))
    return redirect(f"{reverse('portal:ticket_detail', args=[ticket_id])}#files")


@staff_only
def report_files(request: StaffRequest, report_id: UUID) -> HttpResponse:
    """Add what the form sends to one's own report, a sealed one too."""
    report = report_get(actor=request.actor, report_id=report_id)
    if request.method == "POST":
        take_with_report(request, report=report)
    return redirect(f"{reverse('portal:report_detail', args=[report_id])}#files")


@staff_only
def file_remove(request: StaffRequest, file_id: UUID) -> HttpResponse:
    """Take a file away; a refusal says why."""
    found = attachment_get(actor=request.actor, file_id=file_id)
    if request.method == "POST":
        note = request.POST.get("note", "").strip()[:LONGEST_NOTE]
        try:
            attachment_remove(actor=request.actor, file_id=file_id, note=lambda: note, now=database_now())
        except NotFound:
            raise
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The file was removed."))
    return redirect(f"{reverse('portal:ticket_detail', args=[found.ticket_id])}#files")


def take_with_step(request: StaffRequest, *, ticket_id: UUID, action: str) -> None:
    """Add what a form of an action sends beside its words, where the action takes photos of what was done."""
    chosen = BY_NAME.get(action)
    if chosen and chosen.takes_files and FIELD in request.FILES:
        _take_for_ticket(request, ticket_id, Purpose.EVIDENCE)


def take_with_report(request: StaffRequest, *, report: Report, field: str = FIELD) -> None:
    """Add what a form sends to one's own report."""

    def begin(said: Callable[[], UploadDraft]) -> Upload:
        return report_file_begin(actor=request.actor, report=report, said=said, now=database_now())

    _take(request, begin, Purpose.REPORT, field)


def _take_for_ticket(request: StaffRequest, ticket_id: UUID, purpose: Purpose) -> None:
    def begin(said: Callable[[], UploadDraft]) -> Upload:
        return ticket_file_begin(actor=request.actor, ticket_id=ticket_id, said=said, now=database_now())

    _take(request, begin, purpose)


def _take(
    request: StaffRequest,
    begin: Callable[[Callable[[], UploadDraft]], Upload],
    purpose: Purpose,
    field: str = FIELD,
) -> None:
    sent = request.FILES.getlist(field)
    refused = files_take(begin=begin, sent=sent, purpose=purpose, now=database_now())
    taken = len(sent) - len(refused)
    if taken or SENT in request.POST:
        messages.success(request, _("Your files have arrived."))
    elif not refused:
        refused = [_("Please choose a file first.")]
    for words in refused:
        messages.error(request, words)
