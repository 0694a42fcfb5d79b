"""The gate: who is inside, the log of a day, entering a visitor, and the page of one visit."""

from collections.abc import Callable
from dataclasses import astuple
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.gate.models import KEPT, Purpose, Refused
from backend.gate.selectors import (
    asked_about,
    entries_of,
    gate_kept,
    gates_of,
    offices_there,
    open_days,
    school_of_gate,
    stay_known,
    visit_get,
    visits_inside,
    visits_known,
    visits_of_day,
)
from backend.gate.services import (
    open_day_call,
    open_day_take_back,
    people_count,
    stay_set,
    visit_correct,
    visit_expect,
    visit_leave,
)
from backend.organisation.models import Person, Place
from backend.organisation.permissions import Permission
from backend.organisation.selectors.people import people_visible
from backend.portal.access import permitted, staff_only
from backend.portal.forms import token_new
from backend.portal.gate_forms import CountForm, GateForm, OpenDayForm, StayForm, entry_typed
from backend.portal.listing import listing
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest, asks_for_json, errors_said, sent_on
from backend.portal.selectors import places_for_report
from backend.portal.services import form_once, visit_enter_once
from backend.portal.views.rounds import day_asked

OPEN_DAYS_SHOWN = 20


@staff_only
def gate(request: StaffRequest) -> HttpResponse:
    """Show who is inside and the log of a day, for the security office and the leaders of the school."""
    return _log(request)


@staff_only
def gate_new(request: StaffRequest) -> HttpResponse:
    """Show the form for a visitor, and take it: they are let in, or the button says why they are not."""
    now, actor = database_now(), request.actor
    school_of_gate(actor=actor)
    form = GateForm(request.POST) if request.method == "POST" else GateForm(initial={"people": 1})

    def enter() -> None:
        token, came_at = form.cleaned_data["token"], form.came_at(now)
        visit_enter_once(actor=actor, draft=form.draft(), came_at=came_at, token=token, now=now)

    if form.is_bound and _done(form, enter):
        messages.success(request, _("Entered. Thank you."))
        return sent_on(request, reverse("portal:gate"))
    if form.is_bound and asks_for_json(request):
        return errors_said(form, HTTPStatus.BAD_REQUEST)
    token = form["token"].value() or token_new()
    context = {"form": form, "token": token, **_choices(request, form, now)}
    return staff_page(request, "gate_new", context, section="gate", status=_status(form))


@staff_only
def gate_visit(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Show a visit: to its host with the question whether they expect it, to the gate with everything entered."""
    return _visit(request, visit_id, None)


@staff_only
def gate_correct(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Take a correction; what was entered before stays."""
    if request.method != "POST":
        return redirect("portal:gate_visit", visit_id=visit_id)
    form = GateForm(request.POST)
    act = partial(visit_correct, actor=request.actor, visit_id=visit_id, drafted=form.corrected, now=database_now())
    if _done(form, act):
        messages.success(request, _("Saved. Thank you."))
        return redirect("portal:gate_visit", visit_id=visit_id)
    return _visit(request, visit_id, form)


@staff_only
def gate_leave(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Note that a visitor has left."""
    return _tapped(request, partial(visit_leave, actor=request.actor, visit_id=visit_id), "portal:gate")


@staff_only
def gate_expect(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Take the word of the host."""
    act = partial(visit_expect, actor=request.actor, visit_id=visit_id, said=lambda: "expected" in request.POST)
    return _tapped(request, act, "portal:gate_visit", visit_id=visit_id)


@staff_only
def gate_count(request: StaffRequest) -> HttpResponse:
    """Add what was counted on an open day."""
    form = CountForm(request.POST)

    def act(*, now: datetime) -> None:
        draft, token = form.counted(), form.cleaned_data["token"]
        count = partial(people_count, actor=request.actor, counted=lambda: draft, now=now)
        form_once(actor=request.actor, token=token, said=astuple(draft), now=now, act=count)

    return _changed(request, form, act, count_form=form)


@permitted(Permission.GATE_SET)
def gate_stay(request: StaffRequest) -> HttpResponse:
    """Set how long visitors may stay."""
    form = StayForm(request.POST)

    def act(*, now: datetime) -> None:
        stay_set(actor=request.actor, minutes=form.cleaned_data["stay_minutes"], now=now)

    return _changed(request, form, act, stay_form=form)


@permitted(Permission.GATE_SET)
def gate_open_day(request: StaffRequest) -> HttpResponse:
    """Make a day an open day."""
    form = OpenDayForm(request.POST)

    def act(*, now: datetime) -> None:
        open_day_call(actor=request.actor, now=now, **form.cleaned_data)

    return _changed(request, form, act, open_day_form=form)


@permitted(Permission.GATE_SET)
def gate_take_back(request: StaffRequest, day_id: UUID) -> HttpResponse:
    """Make a day an ordinary one again."""

    def act(*, now: datetime) -> None:  # noqa: ARG001 - as every tap
        open_day_take_back(actor=request.actor, day_id=day_id)

    return _tapped(request, act, "portal:gate")


def _done(form: forms.Form, act: Callable[..., object]) -> bool:
    """Carry out what a form asks; say whether it was, else the form says why not."""
    if not form.is_valid():
        return False
    try:
        act()
    except DomainError as error:
        if error.status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}:
            raise
        add_refusal(form, error)
        return False
    return True


def _tapped(request: StaffRequest, act: Callable[..., object], page: str, **where: Any) -> HttpResponse:
    if request.method == "POST":
        act(now=database_now())
        messages.success(request, _("Saved. Thank you."))
    onward: HttpResponse = redirect(page, **where)
    return onward


def _changed(request: StaffRequest, form: forms.Form, act: Callable[..., object], **context: Any) -> HttpResponse:
    if request.method != "POST":
        return redirect("portal:gate")
    if _done(form, partial(act, now=database_now())):
        messages.success(request, _("Saved. Thank you."))
        return redirect("portal:gate")
    return _log(request, **context)


def _status(*forms_sent: forms.Form) -> int:
    return HTTPStatus.BAD_REQUEST if any(form.errors for form in forms_sent) else HTTPStatus.OK


def _log(request: StaffRequest, **sent: forms.Form) -> HttpResponse:
    now, actor = database_now(), request.actor
    school = school_of_gate(actor=actor)
    today = timezone.localdate(now)
    day = day_asked(request.GET.get("day", ""), today)
    visits = visits_of_day(visits=visits_known(actor=actor, now=now), school=school, day=day)
    stay = stay_known(actor=actor)
    days = open_days(actor=actor).order_by("-day", "id")
    found = listing(request, visits, ordering=("-came_at", "id"))
    context = {
        **_gates(request, now),
        "token": token_new(),
        "now": now,
        "day": day,
        "today": today,
        "earliest": today - KEPT,
        "inside": visits_inside(actor=actor, now=now),
        "overdue_before": now - timedelta(minutes=stay.stay_minutes),
        "listing": found,
        "stay": stay,
        "open_days": days[:OPEN_DAYS_SHOWN],
        "open_today": days.filter(day=today).first(),
        "may_set": actor.may(Permission.GATE_SET),
        "count_form": CountForm(),
        "stay_form": StayForm(initial={"stay_minutes": stay.stay_minutes}),
        "open_day_form": OpenDayForm(initial={"day": today}),
        **sent,
    }
    return staff_page(request, "gate", context, section="gate", status=_status(*sent.values()))


def _visit(request: StaffRequest, visit_id: UUID, form: GateForm | None) -> HttpResponse:
    now, actor = database_now(), request.actor
    visit = visit_get(actor=actor, visit_id=visit_id, now=now)
    keeps = gate_kept(actor=actor)
    shown = form or GateForm(initial=entry_typed(visit.entry))
    context = {
        "now": now,
        "visit": visit,
        "entry": visit.entry,
        "entries": entries_of(visit=visit),
        "keeps_gate": keeps,
        "is_host": asked_about(actor=actor, entry=visit.entry),
        "form": shown,
        **(_choices(request, shown, now, host=visit.entry.host) if keeps else {}),
    }
    return staff_page(request, "gate_visit", context, section="gate", status=_status(shown))


def _choices(request: StaffRequest, form: GateForm, now: datetime, *, host: Person | None = None) -> dict[str, Any]:
    """Return what can be chosen in the form for a visitor; the gate that the reader used last is chosen already.

    `host` may have left the school since, and stays who was visited.
    """
    actor, gates = request.actor, _gates(request, now)
    used = gates["gates"]
    people = list(people_visible(actor=actor).order_by("name", "id"))
    return {
        **gates,
        "chosen_gate": str(form["gate"].value() or (used[0].id if used else "")),
        "purposes": Purpose.choices,
        "reasons": Refused.choices,
        "offices": [(f"office:{one.id}", one.name) for one in offices_there(actor=actor)],
        "people": [
            (f"person:{one.id}", one.name) for one in (*people, *([host] if host and host not in people else []))
        ],
    }


def _gates(request: StaffRequest, now: datetime) -> dict[str, list[Place]]:
    """Return the gates used lately, and every other place of the school, at which nobody was entered yet."""
    gates = gates_of(actor=request.actor, now=now)
    return {"gates": gates, "places": [one for one in places_for_report(actor=request.actor) if one not in gates]}
