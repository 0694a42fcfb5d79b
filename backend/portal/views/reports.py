"""Following one's own reports: the list, the page of each with its receipt, adding to it and taking it back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.common.errors import DomainError, NotFound
from backend.incidents.models import Report
from backend.incidents.selectors import (
    amendments_of,
    answers_of,
    can_change,
    date_promised,
    promise_of,
    report_get,
    reports_of,
)
from backend.notifications.services import notices_mark_seen
from backend.organisation.permissions import Permission
from backend.portal.access import permitted, staff_only
from backend.portal.cards import promise_card, promised_card, report_card
from backend.portal.file_cards import files_card, sending_cards
from backend.portal.forms import AmendmentForm, WithdrawalForm, token_new
from backend.portal.listing import listing
from backend.portal.merged_cards import went_card
from backend.portal.pages import staff_page
from backend.portal.part_cards import questions_to_reporter
from backend.portal.problems import StepProblem, problem_of_change
from backend.portal.receipts import do_now
from backend.portal.requests import StaffRequest
from backend.portal.selectors import ticket_of_report
from backend.portal.services import report_amend_once, report_withdraw_once
from backend.portal.step_options import options_of
from backend.portal.steps import steps_open
from backend.portal.timeline import timeline_lines
from backend.portal.views.attaching import take_with_step
from backend.portal.views.stepping import step_from
from backend.workflow.actions.answer_question import ANSWER_QUESTION
from backend.workflow.actions.comment import COMMENT
from backend.workflow.actions.fix_at_once import FIX_AT_ONCE
from backend.workflow.actions.withdraw import WITHDRAW
from backend.workflow.facts import Situation
from backend.workflow.merging import goes_on_elsewhere
from backend.workflow.models import Ticket
from backend.workflow.policy import OWN, Relation, relations_of
from backend.workflow.results import result_of
from backend.workflow.states import OVER, State

RECEIPT_TIME = timedelta(minutes=15)
"""For so long after filing the page of a report is its receipt."""
AS_REPORTER = frozenset({Relation.REPORTER, Relation.FIXER, Relation.QUESTIONED})
"""As whom one acts on the page of one's own report; being its fixer takes the right to verify away."""


@permitted(Permission.OWN_REPORTS_READ)
def reports(request: StaffRequest) -> HttpResponse:
    """Show the reader's own reports, newest first."""
    now = database_now()
    found = listing(request, reports_of(actor=request.actor), ordering=("-filed_at", "id"))
    can_act = request.actor.may(Permission.STAFF)
    cards = [report_card(report=row, can_act=can_act, now=now) for row in found.rows]
    context = {"listing": found, "cards": cards}
    return staff_page(request, "reports", context, section="reports")


@permitted(Permission.OWN_REPORTS_READ)
def report_detail(request: StaffRequest, report_id: UUID) -> HttpResponse:
    """Show one's own report: where it stands, what happens next, and what one can add."""
    own = report_get(actor=request.actor, report_id=report_id)
    notices_mark_seen(actor=request.actor, ticket_id=own.ticket_id, now=database_now())
    return _report_page(request, own)


@staff_only
def report_action(request: StaffRequest, report_id: UUID, action: str) -> HttpResponse:
    """Take an action of the reporter on the ticket of one's own report."""
    own = report_get(actor=request.actor, report_id=report_id)
    if request.method == "POST":
        if ticket_of_report(actor=request.actor, report=own) is None:
            raise NotFound
        if action == FIX_AT_ONCE.name:
            take_with_step(request, ticket_id=own.ticket_id, action=action)
        problem = step_from(request, own.ticket_id, action)
        if problem is not None:
            fresh = report_get(actor=request.actor, report_id=report_id)
            return _report_page(request, fresh, problem=problem)
        messages.success(request, _("Saved. Thank you."))
    return redirect("portal:report_detail", report_id=report_id)


@staff_only
def report_amend(request: StaffRequest, report_id: UUID) -> HttpResponse:
    """Add to one's own report; a refusal keeps what was typed."""

    def act(own: Report, text: str, token: str) -> None:
        report_amend_once(actor=request.actor, report=own, text=text, token=token, now=database_now())

    return _change(request, report_id, "amend", AmendmentForm, act)


@staff_only
def report_withdraw(request: StaffRequest, report_id: UUID) -> HttpResponse:
    """Take one's own report back; a refusal keeps what was typed."""

    def act(own: Report, text: str, token: str) -> None:
        report_withdraw_once(actor=request.actor, report=own, note=text, token=token, now=database_now())

    return _change(request, report_id, "withdraw", WithdrawalForm, act)


def _change(
    request: StaffRequest,
    report_id: UUID,
    change: str,
    shape: type[AmendmentForm | WithdrawalForm],
    act: Callable[[Report, str, str], None],
) -> HttpResponse:
    own = report_get(actor=request.actor, report_id=report_id)
    if request.method != "POST":
        return redirect("portal:report_detail", report_id=report_id)
    form = shape(request.POST)
    if not form.is_valid():
        return _report_page(request, own, problem=problem_of_change(change, form))
    try:
        act(own, form.cleaned_data["text"], form.cleaned_data["token"])
    except DomainError as error:
        fresh = report_get(actor=request.actor, report_id=report_id)
        return _report_page(request, fresh, problem=problem_of_change(change, form, error))
    messages.success(request, _("Saved. Thank you."))
    return redirect("portal:report_detail", report_id=report_id)


def _report_page(request: StaffRequest, own: Report, *, problem: StepProblem | None = None) -> HttpResponse:
    ticket = ticket_of_report(actor=request.actor, report=own)
    if ticket is not None:
        # It may have been routed since the report was read: the whole page tells of the later moment.
        own.ticket = ticket
    now = database_now()
    can_write = request.actor.may(Permission.STAFF)
    was_sent = "sent" in request.GET and now - own.filed_at < RECEIPT_TIME
    context = {
        "card": report_card(report=own, can_act=can_write, now=now),
        "promise": promise_card(promise=promise_of(report=own), now=now),
        "promised": promised_card(promised=date_promised(report=own), now=now),
        "amendments": amendments_of(report=own),
        "answers": answers_of(report=own),
        "files": files_card(actor=request.actor, ticket=ticket, now=now) if ticket else None,
        "sending": sending_cards(actor=request.actor, subject_id=own.ticket_id, shows_ready=ticket is None),
        "takes_files": can_write and (State(own.ticket.state) not in OVER or goes_on_elsewhere(ticket=own.ticket)),
        "can_change": can_write and can_change(ticket=own.ticket),
        "problem": problem,
        "was_sent": was_sent,
        "do_now": do_now(report=own, school=request.school) if was_sent else None,
        "token": token_new(),
        **(_open_part(request, ticket, now) if ticket else {}),
        **({} if can_write else {"steps": []}),
    }
    status = problem.status if problem else HTTPStatus.OK
    return staff_page(request, "report_detail", context, section="reports", status=status)


def _open_part(request: StaffRequest, ticket: Ticket, now: datetime) -> dict[str, Any]:
    relations = relations_of(actor=request.actor, ticket=ticket) & AS_REPORTER
    situation = Situation(ticket=ticket, now=now)
    steps = steps_open(situation=situation, relations=relations, as_reporter=True)
    # While the report itself can still be added to and taken back, its own forms stand for these.
    gone = {COMMENT.name, WITHDRAW.name} if can_change(ticket=ticket) else set()
    is_asked = any(step.action == ANSWER_QUESTION.name for step in steps)
    return {
        "asked": questions_to_reporter(situation=situation) if is_asked else [],
        "opened": ANSWER_QUESTION.name if is_asked else "",
        "ticket": ticket,
        "result": result_of(ticket=ticket),
        "went": went_card(actor=request.actor, ticket=ticket),
        "lines": timeline_lines(ticket=ticket, opened=OWN),
        "steps": [step for step in steps if step.action not in gone],
        "options": options_of(situation=situation, actor=request.actor, steps=steps),
    }
