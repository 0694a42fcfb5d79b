"""Inspections: having every office look over its own places, and what nobody has looked at."""

from dataclasses import astuple
from datetime import datetime, time, timedelta
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.permissions import Permission
from backend.portal.access import permitted, staff_only
from backend.portal.forms import token_new
from backend.portal.inspection_forms import InspectionForm
from backend.portal.listing import listing
from backend.portal.pages import staff_page
from backend.portal.placetree import place_groups
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.portal.round_cards import round_card
from backend.portal.selectors import places_for_report
from backend.portal.services import form_once
from backend.rounds.selectors.inspections import (
    coverages_of,
    inspection_get,
    inspection_plans,
    inspections_coming,
    inspections_known,
)
from backend.rounds.services.inspecting import inspection_ask

LATEST_FIRST = ("-at", "id")
USUAL_DAYS, USUALLY_BY = 7, time(17)


@staff_only
@require_GET
def inspections(request: StaffRequest) -> HttpResponse:
    """Show the inspections the reader knows a round of, each with how much was looked at."""
    now, actor = database_now(), request.actor
    found = listing(request, inspections_known(actor=actor, now=now), ordering=LATEST_FIRST)
    context = {
        "listing": found,
        "rows": coverages_of(actor=actor, inspections=found.rows, now=now),
        "coming": inspections_coming(actor=actor, now=now),
        "may_read_outside": actor.may(Permission.ROUNDS_READ),
        "may_ask": request.school is not None and actor.may(Permission.ROUNDS_REQUEST),
    }
    return staff_page(request, "inspections", context, section="rounds")


@staff_only
@require_GET
def inspection(request: StaffRequest, inspection_id: UUID) -> HttpResponse:
    """Show one by office: how much was looked at, and the places where nobody has been."""
    now = database_now()
    found = inspection_get(actor=request.actor, inspection_id=inspection_id, now=now)
    shares = [(share, round_card(row=share.row, now=now)) for share in found.shares]
    return staff_page(request, "inspection", {"found": found, "shares": shares, "now": now}, section="rounds")


@permitted(Permission.ROUNDS_REQUEST)
def inspection_new(request: StaffRequest) -> HttpResponse:
    """Show the form and take what is asked; a refusal keeps what was typed."""
    now = database_now()
    form = _form(request, now)
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    try:
        if form.is_valid():
            inspection_id = _ask_once(request, form, now)
            messages.success(request, _("Asked. The offices hear of it now."))
            return redirect("portal:inspection", inspection_id=inspection_id)
    except DomainError as error:
        add_refusal(form, error)
        status = HTTPStatus(error.status)
    context = {"form": form, "token": form["token"].value() or token_new()}
    return staff_page(request, "inspection_new", context, section="rounds", status=status)


def _ask_once(request: StaffRequest, form: InspectionForm, now: datetime) -> str:
    draft, actor = form.draft(), request.actor

    def act() -> UUID:
        return inspection_ask(actor=actor, draft=draft, now=now).id

    return form_once(actor=actor, token=form.cleaned_data["token"], said=astuple(draft), now=now, act=act)


def _form(request: StaffRequest, now: datetime) -> InspectionForm:
    _version, plans = inspection_plans(actor=request.actor)
    day = timezone.localdate(now) + timedelta(days=USUAL_DAYS)
    initial = {"due_at": datetime.combine(day, USUALLY_BY).strftime("%Y-%m-%dT%H:%M"), "now": now}
    groups = place_groups(places_for_report(actor=request.actor))
    sent = request.POST if request.method == "POST" else None
    return InspectionForm(sent, plans=plans.values(), groups=groups, initial=initial)
