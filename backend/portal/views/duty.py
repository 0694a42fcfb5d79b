"""The page of duty: one's own shifts, who is on duty now, stepping in, and the calendar of one's own duty."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.duty.feeds import duty_calendar
from backend.duty.models import DutyShift
from backend.duty.selectors import own_duty, shifts_now, shifts_visible, slot_lock
from backend.duty.selectors.contact import silent_now
from backend.duty.selectors.feeds import duty_slots_of, feed_exists, feed_person
from backend.duty.selectors.rosters import absent_now
from backend.duty.selectors.unmanned import shifts_unmanned
from backend.duty.services import slot_take_over
from backend.duty.services.feeds import feed_make, feed_take_back
from backend.duty.services.taking_over import taking_over_refused
from backend.duty.words import KINDS, PARTS
from backend.organisation.permissions import Permission
from backend.organisation.readers import language_of
from backend.portal.access import public, staff_only
from backend.portal.duty_forms import TakeOverForm
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest

NEXT_SHOWN, UNMANNED_SHOWN = 10, 20


@staff_only
def duty(request: StaffRequest) -> HttpResponse:
    """Show one's own duty, who is on duty now and, to keepers of the rosters, which shifts nobody serves in."""
    return _page(request, now=database_now())


@staff_only
def take_over(request: StaffRequest, slot_id: UUID) -> HttpResponse:
    """Step into somebody's place from now on."""
    if request.method != "POST":
        return redirect("portal:duty")
    now = database_now()
    form = TakeOverForm(request.POST)
    if not form.is_valid():
        return _page(request, now=now, problem={"slot": slot_id, "errors": form.errors["note"]}, status=422)
    with transaction.atomic():
        slot = slot_lock(actor=request.actor, slot_id=slot_id)
        note = form.cleaned_data["note"]
        slot_take_over(actor=request.actor, shift=slot.shift, slot=slot, note=note, now=now)
    messages.success(request, _("You are on duty from now on. Both of you have been told."))
    return redirect("portal:duty")


@staff_only
def feed(request: StaffRequest) -> HttpResponse:
    """Make the private address of one's own duty, and show it this once."""
    if request.method != "POST":
        return redirect("portal:duty")
    token = feed_make(actor=request.actor, now=database_now())
    address = f"{settings.PUBLIC_URL}{reverse('portal:duty_feed_read', args=[token])}"
    return _page(request, now=database_now(), feed_address=address)


@staff_only
def feed_end(request: StaffRequest) -> HttpResponse:
    """Switch this address off."""
    if request.method == "POST":
        feed_take_back(actor=request.actor)
        messages.success(request, _("The address is switched off. Nobody can read your duty there any more."))
    return redirect("portal:duty")


@staff_only
def download(request: StaffRequest) -> HttpResponse:
    """Hand out one's own duty as a calendar file."""
    return _calendar(request.actor.person_id, database_now())


@public
def feed_read(request: HttpRequest, token: str) -> HttpResponse:
    """Hand out the duty of whoever the private address belongs to, in that person's language."""
    if request.method not in {"GET", "HEAD"}:
        raise Http404
    now = database_now()
    try:
        person = feed_person(token=token, now=now)
    except NotFound as error:
        raise Http404 from error
    with translation.override(language_of(person)):
        return _calendar(person.id, now)


def _calendar(person_id: UUID, now: datetime) -> HttpResponse:
    content = duty_calendar(slots=duty_slots_of(person_id=person_id, now=now), now=now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="duty.ics"'
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(request: StaffRequest, *, now: datetime, status: int = 200, **changes: Any) -> HttpResponse:
    actor = request.actor
    unmanned: list[DutyShift] = []
    if actor.may(Permission.ROSTER_WRITE):
        found = shifts_unmanned(shifts=shifts_visible(actor=actor), now=now)
        unmanned = list(found.order_by("starts_at", "id")[:UNMANNED_SHOWN])
    serving = shifts_now(actor=actor, now=now)
    absent = absent_now(person_ids={slot.person_id for shift in serving for slot in shift.slots.all()}, now=now)
    absent |= {person_id for _shift, person_id in silent_now(shift_ids={shift.id for shift in serving}, now=now)}
    context = {
        "own": [
            {
                "shift": slot.shift,
                "kind": KINDS[slot.shift.kind],
                # That one serves is why the row stands here.
                "part": PARTS[slot.part] if slot.part == slot.Part.LEADER else "",
            }
            for slot in own_duty(actor=actor, now=now, at_most=NEXT_SHOWN)
        ],
        "on_duty": [_card(request, shift, absent, now) for shift in serving],
        "unmanned": [{"shift": shift, "kind": KINDS[shift.kind]} for shift in unmanned],
        "may_ask_contact": actor.may(Permission.CONTACTS_ASK),
        "has_feed": feed_exists(actor=actor),
    }
    return staff_page(request, "duty", {**context, **changes}, section="duty", status=status)


def _card(request: StaffRequest, shift: DutyShift, absent: Collection[UUID], now: datetime) -> dict[str, Any]:
    slots = list(shift.slots.all())
    parts = {slot.person_id: slot.part for slot in slots}
    refused: Callable[..., Any] = taking_over_refused
    rows = [
        {
            "slot": slot,
            "leads": slot.part == slot.Part.LEADER,
            "is_own": slot.person_id == request.actor.person_id,
            "is_absent": slot.person_id in absent,
            "may_take": refused(actor=request.actor, shift=shift, slot=slot, parts=parts, now=now) is None,
        }
        for slot in slots
    ]
    return {"shift": shift, "kind": KINDS[shift.kind], "rows": rows}
