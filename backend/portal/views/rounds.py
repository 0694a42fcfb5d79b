"""Rounds: those asked of the reader, the board of a day, and each round with what was said of it."""

from collections.abc import Callable
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.portal.access import staff_only
from backend.portal.found import came_out_later, found_lines
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest, asks_for_json, errors_said, sent_on
from backend.portal.round_cards import (
    answer_cards,
    board_groups,
    can_with,
    class_table,
    round_card,
    rounds_mine,
    school_lines,
)
from backend.portal.round_forms import ExcuseForm, OmissionForm, RoundForm
from backend.portal.sweep_cards import sweep_card
from backend.rounds.models import Said
from backend.rounds.selectors.board import rounds_of_day, rounds_to_come, schools_of_day
from backend.rounds.selectors.classes import classes_of_day
from backend.rounds.selectors.places import plan_over_places, routes_of
from backend.rounds.selectors.rollup import roll_up_of
from backend.rounds.selectors.route import codes_gone, stops_of
from backend.rounds.selectors.showing import round_get
from backend.rounds.selectors.tickets import omissions_known, tickets_of_round
from backend.rounds.serializers import plan_of
from backend.rounds.services.answering import round_excuse, round_say
from backend.rounds.services.omitting import omission_note


@staff_only
def rounds(request: StaffRequest) -> HttpResponse:
    """Show what waits for the reader, and how a day stands: for the bureau school by school."""
    now, actor = database_now(), request.actor
    today = timezone.localdate(now)
    day = day_asked(request.GET.get("day", ""), today)
    school_id = id_asked(request.GET.get("school", ""))
    by_school = actor.bureau_id is not None and school_id is None
    rows = [] if by_school else rounds_of_day(actor=actor, day=day, now=now, school_id=school_id)
    context = {
        "now": now,
        "day": day,
        "is_today": day == today,
        "chosen": next((row.school for row in rows), None) if school_id else None,
        "mine": rounds_mine(actor=actor, now=now),
        "schools": school_lines(boards=schools_of_day(actor=actor, day=day, now=now), now=now) if by_school else [],
        "by_school": by_school,
        "groups": list(board_groups(rows=rows, now=now)),
        "later": omissions_known(actor=actor, rows=rows),
        "classes": [] if by_school else classes_of_day(actor=actor, day=day, now=now, school_id=school_id),
        "routes": routes_of(rows=[row for row in rows if plan_over_places(row)], now=now),
    }
    if not context["schools"] and not rows and not context["classes"]:
        context["coming"], context["first_opens"] = rounds_to_come(actor=actor, day=day, now=now, school_id=school_id)
    return staff_page(request, "rounds", context, section="rounds")


@staff_only
def round_classes(request: StaffRequest) -> HttpResponse:
    """Show the rounds of all classes on a day: who is missing, the sums, and each class."""
    now = database_now()
    today = timezone.localdate(now)
    day, school_id = day_asked(request.GET.get("day", ""), today), id_asked(request.GET.get("school", ""))
    found = classes_of_day(actor=request.actor, day=day, now=now, school_id=school_id)
    context = {"day": day, "school_id": school_id, "tables": [class_table(one) for one in found]}
    return staff_page(request, "round_classes", context, section="rounds")


@staff_only
def round_detail(request: StaffRequest, round_id: UUID) -> HttpResponse:
    """Show a round: its checklist where the reader answers it, and everything that was said."""
    return _page(request, round_id)


@staff_only
def round_answer_page(request: StaffRequest, round_id: UUID) -> HttpResponse:
    """Take an answer, or a correction where there is one already; a refusal keeps what was typed."""
    if request.method != "POST":
        return redirect("portal:round_detail", round_id=round_id)
    row = round_get(actor=request.actor, round_id=round_id, now=database_now())
    form = RoundForm(request.POST, checklist=plan_of(row).said_of_all)

    def act(now: datetime) -> None:
        round_say(actor=request.actor, round_id=round_id, draft=form.draft, sent=form.sent(), now=now)

    return _changed(request, round_id, form, act, {"form": form})


@staff_only
def round_excuse_page(request: StaffRequest, round_id: UUID) -> HttpResponse:
    """Let a round need no answer, with the reason."""
    if request.method != "POST":
        return redirect("portal:round_detail", round_id=round_id)
    form = ExcuseForm(request.POST)

    def act(now: datetime) -> None:
        round_excuse(actor=request.actor, round_id=round_id, reason=lambda: str(form.cleaned_data["reason"]), now=now)

    return _changed(request, round_id, form, act, {"excuse_form": form})


@staff_only
def round_omission_page(request: StaffRequest, round_id: UUID) -> HttpResponse:
    """Link a ticket with the answer that all is well, behind which it lay."""
    if request.method != "POST":
        return redirect("portal:round_detail", round_id=round_id)
    form = OmissionForm(request.POST)

    def act(now: datetime) -> None:
        omission_note(actor=request.actor, round_id=round_id, named=lambda: str(form.cleaned_data["ticket"]), now=now)

    return _changed(request, round_id, form, act, {"omission_form": form}, stays=True)


def _changed(
    request: StaffRequest,
    round_id: UUID,
    form: forms.Form,
    act: Callable[[datetime], None],
    context: dict[str, Any],
    *,
    stays: bool = False,
) -> HttpResponse:
    status = int(HTTPStatus.BAD_REQUEST)
    try:
        if form.is_valid():
            act(database_now())
            messages.success(request, _thanks(form))
            return sent_on(request, _onward(request, round_id, stays=stays))
    except DomainError as error:
        add_refusal(form, error)
        status = error.status
    if asks_for_json(request):
        return errors_said(form, status)
    return _page(request, round_id, context, status=status)


def _onward(request: StaffRequest, round_id: UUID, *, stays: bool) -> str:
    if stays or request.POST.get("said") == Said.TO_REPORT:
        return reverse("portal:round_detail", args=[round_id])
    return reverse("portal:home" if "home" in request.POST else "portal:rounds")


def _thanks(form: forms.Form) -> str:
    is_well = form.cleaned_data.get("said") == Said.ALL_WELL
    return _("You have said that all is well. Thank you.") if is_well else _("Saved. Thank you.")


def _page(
    request: StaffRequest, round_id: UUID, context: dict[str, Any] | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    now = database_now()
    row = round_get(actor=request.actor, round_id=round_id, now=now)
    can = can_with(actor=request.actor, row=row)
    links = tickets_of_round(actor=request.actor, row=row)
    card = round_card(row=row, now=now)
    stops = stops_of(row=row) if card.goes_over_places else []
    shared = {
        "now": now,
        "card": card,
        "together": roll_up_of(actor=request.actor, row=row, now=now) if card.sums_up else None,
        "asked_for": sweep_card(actor=request.actor, row=row, links=links),
        "answers": answer_cards(actor=request.actor, row=row),
        "found": found_lines(row=row, links=links, stops=stops),
        "stops": stops,
        "to_go": [stop for stop in stops if stop.said is None],
        "gone": codes_gone(row=row, stops=stops) if card.goes_over_places else [],
        "came_out_later": came_out_later(links=links),
        "may_link": "link_omission" in can,
        "excuse": getattr(row, "excuse", None),
        "may_answer": "answer" in can,
        "may_correct": "correct" in can,
        "may_excuse": "excuse" in can,
        "form": RoundForm(checklist=plan_of(row).said_of_all),
        "excuse_form": ExcuseForm(),
        "omission_form": OmissionForm(),
    }
    return staff_page(request, "round_detail", {**shared, **(context or {})}, section="rounds", status=status)


def day_asked(text: str, today: date) -> date:
    """Return the day that an address names; today where it names none."""
    try:
        return parse_date(text) or today
    except ValueError:
        return today


def id_asked(text: str) -> UUID | None:
    """Return the id that an address names; None where it names none."""
    try:
        return UUID(text)
    except ValueError:
        return None
