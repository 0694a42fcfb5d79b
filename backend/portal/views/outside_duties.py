"""Reports to somebody outside because of a ticket: whom to tell, by when, at which number; and noting that it was."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.permissions import Permission
from backend.outside.models import LONGEST_KEY, OutsideWord
from backend.outside.selectors.duties import numbers_of
from backend.outside.services.by_hand import duties_start, number_note
from backend.outside.services.saying import word_say
from backend.portal.access import permitted, staff_only
from backend.portal.outside_cards import outside_card
from backend.portal.outside_report import outside_report, outside_report_pdf
from backend.portal.pages import pdf_file, staff_page
from backend.portal.requests import StaffRequest
from backend.portal.selectors import colleagues_for_report
from backend.portal.telling_forms import PhoneForm, SayForm
from backend.rulebook.outside_rules import Way
from backend.workflow.selectors import ticket_get_now
from backend.workflow.services.opening_log import ticket_opened


@staff_only
def outside_duties(request: StaffRequest, ticket_id: UUID) -> HttpResponse:
    """Show whom to tell because of a ticket; take that a report applies which its category does not call for."""
    if request.method == "POST":
        clock = request.POST.get("clock", "")[:LONGEST_KEY]
        duties_start(actor=request.actor, ticket_id=ticket_id, clock=lambda: clock, now=database_now())
        messages.success(request, _("Noted. Its time runs from now."))
        return redirect("portal:outside_duties", ticket_id=ticket_id)
    return _page(request, ticket_id)


@staff_only
def outside_say(request: StaffRequest, ticket_id: UUID, duty_id: UUID) -> HttpResponse:
    """Take the word on one report; what is wrong with it is said beside what was typed."""
    if request.method != "POST":
        return redirect("portal:outside_duties", ticket_id=ticket_id)
    now = database_now()
    form = SayForm(request.POST)
    form.at_now(now)
    if not form.is_valid():
        return _page(request, ticket_id, form=form, duty_id=duty_id)
    try:
        word_say(actor=request.actor, ticket_id=ticket_id, duty_id=duty_id, said=form.said, now=now)
    except DomainError as refusal:
        if refusal.status not in {400, 409, 422}:
            raise
        form.add_error(None, str(refusal.title))
        return _page(request, ticket_id, form=form, duty_id=duty_id, status=refusal.status)
    messages.success(request, _("Saved. Thank you."))
    return redirect("portal:outside_duties", ticket_id=ticket_id)


@staff_only
@require_GET
def outside_form(request: StaffRequest, ticket_id: UUID, duty_id: UUID) -> HttpResponse:
    """Show the written report, filled in as far as it is known, as a page that prints."""
    ticket, now = ticket_get_now(actor=request.actor, ticket_id=ticket_id)
    report = outside_report(actor=request.actor, ticket=ticket, duty_id=duty_id, now=now)
    ticket_opened(actor=request.actor, ticket=ticket, now=now, is_paper=True)
    context = {"ticket": ticket, "duty_id": duty_id, "report": report}
    return staff_page(request, "outside_report", context, section="tickets")


@staff_only
@require_GET
def outside_form_file(request: StaffRequest, ticket_id: UUID, duty_id: UUID) -> HttpResponse:
    """Give the same as a paper."""
    ticket, now = ticket_get_now(actor=request.actor, ticket_id=ticket_id)
    paper = outside_report_pdf(actor=request.actor, ticket=ticket, duty_id=duty_id, now=now)
    ticket_opened(actor=request.actor, ticket=ticket, now=now, is_paper=True)
    return pdf_file(paper, name=f"report-{ticket.reference}")


@permitted(Permission.OUTSIDE_JUDGE)
def outside_numbers(request: StaffRequest) -> HttpResponse:
    """Show the numbers of those outside whom the school may have to tell, and take one."""
    if request.method == "POST":
        form = PhoneForm(request.POST)
        if form.is_valid():
            phone = form.cleaned_data["phone"]
            recipient = request.POST.get("recipient", "")
            number_note(actor=request.actor, recipient=recipient, phone=lambda: phone, now=database_now())
            messages.success(request, _("Saved. Thank you."))
        return redirect("portal:outside_numbers")
    context = {"numbers": numbers_of(actor=request.actor)}
    return staff_page(request, "outside_numbers", context, section="telephones")


def _page(
    request: StaffRequest,
    ticket_id: UUID,
    *,
    form: SayForm | None = None,
    duty_id: UUID | None = None,
    status: int | None = None,
) -> HttpResponse:
    ticket, now = ticket_get_now(actor=request.actor, ticket_id=ticket_id)
    ticket_opened(actor=request.actor, ticket=ticket, now=now)
    card = outside_card(actor=request.actor, ticket=ticket, now=now, with_words=True)
    context = {
        "ticket": ticket,
        "card": card,
        "form": form or SayForm(),
        "said_on": duty_id,
        "ways": Way.choices,
        "kinds": OutsideWord.Kind,
        "colleagues": colleagues_for_report(actor=request.actor) if card.shown.may_tell else [],
        "now": now,
    }
    code = status or (400 if form and form.errors else 200)
    return staff_page(request, "outside_duties", context, section="tickets", status=code)
