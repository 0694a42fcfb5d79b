"""Meetings: their list, an agenda with its minutes, and the page on which something comes of one item."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.common.errors import DomainError, NotFound
from backend.common.preconditions import Stale
from backend.meetings.models import MeetingItem
from backend.meetings.selectors import (
    item_get,
    items_shown,
    meeting_get,
    meetings_known,
    people_besides,
    people_expected,
)
from backend.meetings.services import (
    agenda_renew,
    item_act,
    item_add,
    item_note,
    item_take_off,
    meeting_call,
    meeting_end,
)
from backend.organisation.permissions import Permission
from backend.portal.access import permitted, staff_only
from backend.portal.forms import token_new
from backend.portal.listing import listing
from backend.portal.meeting_cards import OUTCOMES, agenda_cards, item_card, meeting_title
from backend.portal.meeting_forms import ItemForm, MeetingForm, MinutesForm, WhyForm
from backend.portal.meeting_paper import meeting_pdf
from backend.portal.pages import pdf_file, staff_page
from backend.portal.problems import StepProblem, add_refusal, problem_of_form, problem_of_refusal
from backend.portal.requests import StaffRequest
from backend.portal.step_forms import step_form
from backend.portal.step_options import options_of
from backend.portal.steps import steps_open
from backend.workflow.action_input import said_from
from backend.workflow.actions import BY_NAME
from backend.workflow.facts import Situation
from backend.workflow.policy import relations_of
from backend.workflow.selectors import ticket_get
from backend.workflow.services.opening_log import ticket_opened

LATEST_FIRST = ("-day", "id")


@permitted(Permission.MEETINGS_READ)
def meetings(request: StaffRequest) -> HttpResponse:
    """Show the meetings of the school, and take the call of a new one."""
    if request.method == "POST":
        request.actor.require(Permission.MEETINGS_CALL)
    form = MeetingForm(request.POST or None, initial={"day": timezone.localdate(database_now())})
    if form.is_valid():
        try:
            meeting_id = meeting_call(actor=request.actor, draft=form.draft(), now=database_now())
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("portal:meeting", meeting_id=meeting_id)
    found = listing(request, meetings_known(actor=request.actor), ordering=LATEST_FIRST)
    context = {
        "listing": found,
        "rows": [(row, meeting_title(row)) for row in found.rows],
        "form": form,
        "may_call": request.actor.may(Permission.MEETINGS_CALL),
    }
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return staff_page(request, "meetings", context, section="today", status=status)


@staff_only
def meeting(request: StaffRequest, meeting_id: UUID) -> HttpResponse:
    """Show a meeting: its agenda, what came of it, and its minutes."""
    return _page(request, meeting_id)


@staff_only
def meeting_paper(request: StaffRequest, meeting_id: UUID) -> HttpResponse:
    """Give the agenda and the minutes as PDF; nothing confidential stands on it."""
    row = meeting_get(actor=request.actor, meeting_id=meeting_id)
    paper = meeting_pdf(actor=request.actor, meeting=row, now=database_now())
    return pdf_file(paper, name=f"meeting-{row.day:%Y-%m-%d}")


@staff_only
def meeting_renew(request: StaffRequest, meeting_id: UUID) -> HttpResponse:
    """Make the agenda anew."""
    form = forms.Form({})
    act = partial(agenda_renew, actor=request.actor, meeting_id=meeting_id)
    return _changed(request, meeting_id, act, form, renew_form=form)


@staff_only
def meeting_add(request: StaffRequest, meeting_id: UUID) -> HttpResponse:
    """Put a ticket on the agenda."""
    form = ItemForm(request.POST)

    def act(*, now: datetime) -> None:
        given = form.cleaned_data
        read = {"named": lambda: str(given["ticket"]), "words": lambda: str(given["words"])}
        item_add(actor=request.actor, meeting_id=meeting_id, now=now, **read)

    return _changed(request, meeting_id, act, form, item_form=form)


@staff_only
def meeting_over(request: StaffRequest, meeting_id: UUID) -> HttpResponse:
    """Close the minutes."""
    expected, besides = _people(request)
    form = MinutesForm(request.POST, people=[*expected, *besides])
    act = partial(meeting_end, actor=request.actor, meeting_id=meeting_id, minutes=form.minutes)
    return _changed(request, meeting_id, act, form, minutes_form=form)


@staff_only
def meeting_item(request: StaffRequest, meeting_id: UUID, item_id: UUID) -> HttpResponse:
    """Show one item with what can come of it: each form is an action on its ticket."""
    return _item_page(request, meeting_id, item_id)


@staff_only
def meeting_item_note(request: StaffRequest, meeting_id: UUID, item_id: UUID) -> HttpResponse:
    """Leave the ticket of an item as it is, with the reason."""
    return _with_reason(request, meeting_id, item_id, item_note, "note")


@staff_only
def meeting_item_off(request: StaffRequest, meeting_id: UUID, item_id: UUID) -> HttpResponse:
    """Take an item off the agenda, with the reason."""
    return _with_reason(request, meeting_id, item_id, item_take_off, "take-off")


def _with_reason(
    request: StaffRequest, meeting_id: UUID, item_id: UUID, act: Callable[..., None], change: str
) -> HttpResponse:
    form = WhyForm(request.POST)
    if request.method != "POST":
        return redirect("portal:meeting_item", meeting_id=meeting_id, item_id=item_id)
    try:
        if form.is_valid():
            words = partial(str, form.cleaned_data["words"])
            act(actor=request.actor, meeting_id=meeting_id, item_id=item_id, words=words, now=database_now())
            return _saved(request, meeting_id)
    except DomainError as error:
        add_refusal(form, error)
    return _item_page(request, meeting_id, item_id, why_form=form, change=change, status=HTTPStatus.BAD_REQUEST)


@staff_only
def meeting_item_action(request: StaffRequest, meeting_id: UUID, item_id: UUID, action: str) -> HttpResponse:
    """Take an action on the ticket of an item; a refusal keeps what was typed."""
    if action not in OUTCOMES:
        raise NotFound
    if request.method != "POST":
        return redirect("portal:meeting_item", meeting_id=meeting_id, item_id=item_id)
    problem = _act(request, meeting_id, item_id, action)
    if problem is None:
        return _saved(request, meeting_id)
    return _item_page(request, meeting_id, item_id, problem=problem, status=problem.status)


def _act(request: StaffRequest, meeting_id: UUID, item_id: UUID, action: str) -> StepProblem | None:
    chosen, now = BY_NAME[action], database_now()
    form = step_form(chosen)(request.POST)
    form.at(now)
    if not form.is_valid():
        return problem_of_form(action, form)

    def expects(version: int) -> None:
        if version != form.cleaned_data["version"]:
            raise Stale

    given: dict[str, Any] = {
        "action": chosen,
        "said": lambda: said_from(chosen.said, form.cleaned_data),
        "expects": expects,
    }
    try:
        item_act(actor=request.actor, meeting_id=meeting_id, item_id=item_id, now=now, **given)
    except NotFound:
        raise
    except DomainError as error:
        return problem_of_refusal(action, form, error)
    return None


def _people(request: StaffRequest) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return who takes part by their posts, and everybody else who works at the school, by id and name."""
    expected = people_expected(actor=request.actor)
    besides = people_besides(actor=request.actor, expected=expected)
    return [(str(one.id), one.name) for one in expected], [(str(one.id), one.name) for one in besides]


def _saved(request: StaffRequest, meeting_id: UUID) -> HttpResponse:
    messages.success(request, _("Saved. Thank you."))
    return redirect("portal:meeting", meeting_id=meeting_id)


def _changed(
    request: StaffRequest, meeting_id: UUID, act: Callable[..., None], form: forms.Form, **context: Any
) -> HttpResponse:
    if request.method != "POST":
        return redirect("portal:meeting", meeting_id=meeting_id)
    status = int(HTTPStatus.BAD_REQUEST)
    try:
        if form.is_valid():
            act(now=database_now())
            return _saved(request, meeting_id)
    except DomainError as error:
        add_refusal(form, error)
        status = error.status
    return _page(request, meeting_id, status=status, **context)


def _page(request: StaffRequest, meeting_id: UUID, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
    now, actor = database_now(), request.actor
    row = meeting_get(actor=actor, meeting_id=meeting_id)
    may_change = actor.may(Permission.MEETINGS_CALL) and not row.is_over
    expected, besides = _people(request) if may_change else ([], [])
    shared = {
        "now": now,
        "meeting": row,
        "title": meeting_title(row),
        "agenda": agenda_cards(items=items_shown(actor=actor, meeting=row), now=now),
        "present": [person.name for person in row.present.order_by("name")] if row.is_over else [],
        "expected": expected,
        "besides": besides,
        "may_change": may_change,
        "renew_form": forms.Form(),
        "item_form": ItemForm(),
        "minutes_form": MinutesForm(people=[*expected, *besides]),
    }
    return staff_page(request, "meeting", {**shared, **context}, section="today", status=status)


def _item_page(
    request: StaffRequest, meeting_id: UUID, item_id: UUID, *, status: int = HTTPStatus.OK, **context: Any
) -> HttpResponse:
    now, actor = database_now(), request.actor
    actor.require(Permission.MEETINGS_CALL)
    row = meeting_get(actor=actor, meeting_id=meeting_id)
    item = item_get(actor=actor, meeting=row, item_id=item_id)
    problem: StepProblem | None = context.get("problem")
    shared = {
        "now": now,
        "meeting": row,
        "title": meeting_title(row),
        "card": item_card(item=item, now=now),
        "is_open": item.is_open and not row.is_over,
        "why_form": WhyForm(),
        **_steps(request, item, problem.action if problem else request.GET.get("form", ""), now),
    }
    return staff_page(request, "meeting_item", {**shared, **context}, section="today", status=status)


def _steps(request: StaffRequest, item: MeetingItem, opened: str, now: datetime) -> dict[str, Any]:
    """Return the forms of what can come of an item by the reader's own power over its ticket."""
    actor = request.actor
    ticket = ticket_get(actor=actor, ticket_id=item.ticket_id)
    ticket_opened(actor=actor, ticket=ticket, now=now)
    situation = Situation(ticket=ticket, now=now)
    found = steps_open(situation=situation, relations=relations_of(actor=actor, ticket=ticket))
    steps = [step for step in found if step.action in OUTCOMES]
    return {
        "ticket": ticket,
        "token": token_new(),
        "steps": steps,
        "opened": opened,
        "options": options_of(situation=situation, actor=actor, steps=steps, opened=opened),
        "step_base": f"{request.path.split('/actions/')[0].removesuffix('/note').removesuffix('/take-off')}/actions/",
    }
