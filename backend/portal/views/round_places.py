"""The places that rounds go over: one of them to be looked at, and all of a day with their gaps."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.common.errors import DomainError, NotFound
from backend.portal.access import staff_only
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest, asks_for_json, errors_said, sent_on
from backend.portal.round_cards import can_with, round_card
from backend.portal.round_forms import RoundForm, VisitForm
from backend.portal.views.rounds import day_asked, id_asked
from backend.rounds.models import Said
from backend.rounds.selectors.places import places_of_day
from backend.rounds.selectors.route import stops_of
from backend.rounds.selectors.showing import round_get
from backend.rounds.serializers import plan_of
from backend.rounds.services.visiting import place_visit

KEPT_AT_ONCE = 60
"""The places to go on one page, which a device keeps; the next ones come once these were looked at."""


@staff_only
def round_places(request: StaffRequest) -> HttpResponse:
    """Show every patrol and walk of a day by place and turn: who was there, and where nobody was."""
    now = database_now()
    day = day_asked(request.GET.get("day", ""), timezone.localdate(now))
    school_id = id_asked(request.GET.get("school", ""))
    routes = places_of_day(actor=request.actor, day=day, now=now, school_id=school_id)
    context = {"day": day, "school_id": school_id, "routes": routes}
    return staff_page(request, "round_places", context, section="rounds")


@staff_only
def round_place(request: StaffRequest, round_id: UUID, place_id: UUID) -> HttpResponse:
    """Show the checklist for one place of a route, and take what somebody says of it there."""
    row = round_get(actor=request.actor, round_id=round_id, now=database_now())
    code = request.GET.get("code", "")
    sent = request.POST if request.method == "POST" else None
    form = VisitForm(sent, checklist=plan_of(row).checklist, initial={"code": code})
    if sent is None:
        return _page(request, round_id, place_id, form)
    status = HTTPStatus.BAD_REQUEST
    try:
        if form.is_valid():
            place_visit(
                actor=request.actor,
                round_id=round_id,
                told=lambda: form.told(place_id),
                sent=form.sent(),
                now=database_now(),
            )
            return _onward(request, round_id, form)
    except DomainError as error:
        add_refusal(form, error)
        status = HTTPStatus(error.status)
    if asks_for_json(request):
        return errors_said(form, status)
    return _page(request, round_id, place_id, form, status=status)


@staff_only
def round_route(request: StaffRequest, round_id: UUID) -> HttpResponse:
    """Show the places to go of a route on one page, which a device keeps to be opened without a network."""
    now = database_now()
    row = round_get(actor=request.actor, round_id=round_id, now=now)
    plan, can = plan_of(row), can_with(actor=request.actor, row=row)
    to_go = [stop for stop in stops_of(row=row) if stop.said is None][:KEPT_AT_ONCE] if "visit" in can else []
    context = {
        "card": round_card(row=row, now=now),
        "stops": [(stop, VisitForm(checklist=plan.checklist, auto_id=f"{stop.place.id}-%s")) for stop in to_go],
        "may_visit": "visit" in can,
        "form": RoundForm(checklist=plan.said_of_all),
    }
    return staff_page(request, "round_route", context, section="rounds")


def _onward(request: StaffRequest, round_id: UUID, form: VisitForm) -> HttpResponse:
    is_well = form.cleaned_data["said"] == Said.ALL_WELL
    messages.success(request, _("Ticked off.") if is_well else _("Noted. You can report it at once."))
    to = f"{reverse('portal:round_detail', args=[round_id])}{'#route' if is_well else '#found'}"
    return sent_on(request, to)


def _page(
    request: StaffRequest, round_id: UUID, place_id: UUID, form: VisitForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    now = database_now()
    row = round_get(actor=request.actor, round_id=round_id, now=now)
    stop = next((one for one in stops_of(row=row) if one.place.id == place_id), None)
    if stop is None:
        raise NotFound
    context: dict[str, Any] = {
        "card": round_card(row=row, now=now),
        "stop": stop,
        "form": form,
        "may_visit": "visit" in can_with(actor=request.actor, row=row),
    }
    return staff_page(request, "round_place", context, section="rounds", status=status)
