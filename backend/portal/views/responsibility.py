"""The map of responsibility: who answers for which place and office, and what nobody answers for."""

from collections.abc import Callable
from dataclasses import astuple
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.permissions import Permission
from backend.portal.access import permitted, staff_only
from backend.portal.forms import token_new
from backend.portal.map_cards import gap_sections, place_lines
from backend.portal.map_forms import EndForm, ShareForm, SlotForm
from backend.portal.pages import staff_page
from backend.portal.placetree import place_groups
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.portal.selectors import places_for_report
from backend.portal.services import form_once
from backend.responsibility.gaps import GapKind
from backend.responsibility.selectors.gaps import gaps_known
from backend.responsibility.selectors.shares import (
    may_share_out,
    offices_with_slots,
    people_to_name,
    school_of_map,
    share_get,
    shares_before,
    shares_on,
)
from backend.responsibility.services.sharing import share_end, share_set, slot_end, slot_set


@staff_only
def responsibility(request: StaffRequest) -> HttpResponse:
    """Show who answers for which place today, and take who is named."""
    now, actor = database_now(), request.actor
    school_of_map(actor=actor)
    today = timezone.localdate(now)
    form = _form(request, ShareForm, {"from_day": today.isoformat(), "place": request.GET.get("place", "")})
    if _named(request, form, now, lambda draft: share_set(actor=actor, draft=draft, now=now)):
        return redirect("portal:responsibility")
    places, shares = places_for_report(actor=actor), shares_on(actor=actor, day=today)
    named = [place for place in places if may_share_out(actor=actor, place=place)]
    context = {
        "lines": place_lines(places=places, shares=shares),
        "mine": [share for share in shares if share.person_id == actor.person_id],
        "form": form,
        "groups": _groups(named, whole=len(named) == len(places)),
        "people": people_to_name(actor=actor) if named else (),
        "may_read_gaps": actor.may(Permission.GAPS_READ),
        "today": today,
    }
    return _page(request, "responsibility", form, context)


@staff_only
def share(request: StaffRequest, share_id: UUID) -> HttpResponse:
    """Show one share with who answered before, and let it end with a day."""
    now, actor = database_now(), request.actor
    row = share_get(actor=actor, share_id=share_id)
    today = timezone.localdate(now)
    form = EndForm(request.POST if request.method == "POST" else None, initial={"until_day": today.isoformat()})
    if form.is_valid():
        try:
            share_end(actor=actor, share_id=share_id, until_day=form.cleaned_data["until_day"], now=now)
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved. Thank you."))
            return redirect("portal:share", share_id=share_id)
    is_over = row.ends_on is not None and row.ends_on <= today
    context = {
        "share": row,
        "others": shares_before(actor=actor, share=row),
        "may_end": not is_over and may_share_out(actor=actor, place=row.place),
        "today": today,
    }
    return _page(request, "share", form, context)


@staff_only
def office_slots(request: StaffRequest) -> HttpResponse:
    """Show the three slots of each office, and take who is named."""
    now, actor = database_now(), request.actor
    offices = offices_with_slots(actor=actor, now=now)
    may_name = actor.may(Permission.SLOTS_WRITE)
    today = timezone.localdate(now)
    form = _form(request, SlotForm, {"from_day": today.isoformat()})
    if _named(request, form, now, lambda draft: slot_set(actor=actor, draft=draft, now=now)):
        return redirect("portal:office_slots")
    context = {
        "offices": offices,
        "form": form,
        "people": people_to_name(actor=actor) if may_name else (),
        "may_name": may_name,
        "today": today,
    }
    return _page(request, "office_slots", form, context)


@permitted(Permission.SLOTS_WRITE)
@require_POST
def office_slot_end(request: StaffRequest, slot_id: UUID) -> HttpResponseBase:
    """Let somebody's slot of an office end with today."""
    now = database_now()
    slot_end(actor=request.actor, slot_id=slot_id, until_day=timezone.localdate(now), now=now)
    messages.success(request, _("Saved. Thank you."))
    return redirect("portal:office_slots")


@permitted(Permission.GAPS_READ)
@require_GET
def gaps(request: StaffRequest) -> HttpResponse:
    """Show what nobody answers for, and where that is mended; for a bureau how much of it each school has."""
    now, actor = database_now(), request.actor
    found = gaps_known(actor=actor, now=now)
    context: dict[str, Any] = {"now": now}
    if request.school is not None:
        context["sections"] = gap_sections(actor=actor, gaps=found[0].gaps)
    else:
        context["schools"] = [
            (one.school, [(kind.label, one.counts[kind]) for kind in GapKind if kind in one.counts]) for one in found
        ]
    return staff_page(request, "gaps", context, section="responsibility")


def _form(request: StaffRequest, shape: type[Any], initial: dict[str, str]) -> Any:
    return shape(request.POST if request.method == "POST" else None, initial=initial)


def _named(request: StaffRequest, form: Any, now: datetime, act: Callable[[Any], object]) -> bool:
    """Take a form once, however often it is sent; say whether it was taken."""
    if not form.is_valid():
        return False
    draft = form.draft()
    try:
        said = [type(form).__name__, *astuple(draft)]
        form_once(actor=request.actor, token=form.cleaned_data["token"], said=said, now=now, act=lambda: act(draft))
    except DomainError as error:
        add_refusal(form, error)
        return False
    messages.success(request, _("Saved. Thank you."))
    return True


def _groups(places: Any, *, whole: bool) -> Any:
    """Return the places to choose from as they lie in one another; of a head of office those of the office, flat."""
    if whole:
        return [
            (group.label, [(option.value, option.label) for option in group.options]) for group in place_groups(places)
        ]
    return [("", [(str(place.id), place.name) for place in places])] if places else []


def _page(request: StaffRequest, template: str, form: forms.Form, context: dict[str, Any]) -> HttpResponse:
    token = form["token"].value() if "token" in form.fields else ""
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    whole = {"form": form, "token": token or token_new(), **context}
    return staff_page(request, template, whole, section="responsibility", status=status)
