"""Asking whether what was found at one place is so at others."""

from dataclasses import astuple
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.common.errors import DomainError, NotFound
from backend.organisation.permissions import Permission
from backend.organisation.selectors import places_visible
from backend.portal.access import permitted
from backend.portal.forms import token_new
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.portal.services import form_once
from backend.portal.sweep_forms import SweepForm
from backend.portal.views.rounds import id_asked
from backend.rounds.models import Round
from backend.rounds.selectors.sweeps import sample_of, sweeps_of, units_sweeping
from backend.rounds.services.sweeping import sweep_ask
from backend.workflow.models import Ticket
from backend.workflow.selectors import ticket_get_now
from backend.workflow.services.opening_log import ticket_opened

USUALLY_BY = time(17)


@permitted(Permission.ROUNDS_REQUEST)
def sweep(request: StaffRequest, ticket_id: UUID) -> HttpResponse:
    """Show the form and take what is asked; a refusal keeps what was typed."""
    ticket, now = ticket_get_now(actor=request.actor, ticket_id=ticket_id)
    ticket_opened(actor=request.actor, ticket=ticket, now=now)
    form = _form(request, ticket, now)
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    try:
        if form.is_valid():
            round_id = _ask_once(request, ticket_id, form)
            messages.success(request, _("Asked. The office hears of it now."))
            return redirect("portal:round_detail", round_id=round_id)
    except DomainError as error:
        add_refusal(form, error)
        status = HTTPStatus(error.status)
    context = {"form": form, "ticket": ticket, "token": form["token"].value() or token_new()}
    return staff_page(request, "sweep", context, section="tickets", status=status)


def _ask_once(request: StaffRequest, ticket_id: UUID, form: SweepForm) -> str:
    draft, actor, now = form.draft(), request.actor, database_now()

    def act() -> UUID:
        return sweep_ask(actor=actor, ticket_id=ticket_id, told=lambda: draft, now=now).id

    said = [ticket_id, *astuple(draft)]
    return form_once(actor=actor, token=form.cleaned_data["token"], said=said, now=now, act=act)


def _form(request: StaffRequest, ticket: Ticket, now: datetime) -> SweepForm:
    places = list(places_visible(actor=request.actor).order_by("code"))
    earlier = _earlier(request, ticket, now)
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    initial: dict[str, Any] = {
        "office": str(ticket.owner_id),
        "due_at": datetime.combine(tomorrow, USUALLY_BY).strftime("%Y-%m-%dT%H:%M"),
    }
    if earlier is not None:
        sample = sample_of(row=earlier)
        chosen = [str(place.id) for place in places if place.code in sample]
        initial |= {"question": earlier.sweep.question, "places": chosen, "again": str(earlier.id)}
    sent = request.POST if request.method == "POST" else None
    offices = list(units_sweeping(school_id=ticket.school_id))
    return SweepForm(sent, offices=offices, places=places, initial=initial, now=now)


def _earlier(request: StaffRequest, ticket: Ticket, now: datetime) -> Round | None:
    """Return the sweep that an address names, of which a part is to be checked again."""
    named = id_asked(request.GET.get("again", ""))
    if named is None:
        return None
    found = next((row for row in sweeps_of(actor=request.actor, ticket=ticket, now=now) if row.id == named), None)
    if found is None:
        raise NotFound
    return found
