"""Special periods: those that hold and come, deciding about one, and its review, record and summary."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.portal.access import permitted, staff_only
from backend.portal.listing import listing
from backend.portal.pages import staff_page
from backend.portal.period_forms import DecisionForm, EndForm, NothingForm, ReasonForm, SummaryForm
from backend.portal.period_words import counts_in_words, measure_in_words
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.responsibility.selectors.leading import group_of_today
from backend.rounds.models import Period, PeriodDecision
from backend.rounds.selectors.periods import (
    Stage,
    period_get,
    periods_known,
    review_of,
    shifts_lacking,
    stage_of,
    summary_shown,
    templates_of,
)
from backend.rounds.services.period_review import period_decide
from backend.rounds.services.period_summary import summary_approve, summary_write
from backend.rounds.services.periods import (
    period_approve,
    period_call_off,
    period_move_end,
)
from backend.rulebook.period_reading import measure_read
from backend.rulebook.selectors import ruleset_get

LATEST_FIRST = ("-starts_on", "id")
Said = Mapping[str, Any]


@staff_only
@require_GET
def periods(request: StaffRequest) -> HttpResponse:
    """Show the periods of the reader's school, and the kinds from which one is drawn up."""
    now, actor = database_now(), request.actor
    found = listing(request, periods_known(actor=actor), ordering=LATEST_FIRST)
    may_decide = request.school is not None and actor.may(Permission.PERIODS_DECIDE)
    context = {
        "listing": found,
        "rows": [(row, stage_of(row, now).value) for row in found.rows],
        "templates": templates_of(actor=actor)[1].values() if may_decide else (),
    }
    return staff_page(request, "periods", context, section="rounds")


@staff_only
@require_GET
def period(request: StaffRequest, period_id: UUID) -> HttpResponse:
    """Show what a period asks, its record, what is open before it, and what came of it."""
    return _page(request, period_id, NothingForm())


@permitted(Permission.PERIODS_DECIDE)
def period_act(request: StaffRequest, period_id: UUID, action: str) -> HttpResponse:
    """Take a decision about a period, or about one ticket before it; a refusal keeps what was typed."""
    if request.method != "POST" or action not in ACTS:
        return redirect("portal:period", period_id=period_id)
    shape, carry_out = ACTS[action]
    form = shape(request.POST)
    if not form.is_valid():
        return _page(request, period_id, form, act=action, status=HTTPStatus.BAD_REQUEST)
    try:
        carry_out(request.actor, period_id, form.cleaned_data, database_now())
    except DomainError as error:
        if error.status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}:
            raise
        add_refusal(form, error)
        return _page(request, period_id, form, act=action, status=HTTPStatus(error.status))
    messages.success(request, _("Saved. Thank you."))
    return redirect("portal:period", period_id=period_id)


def _approve(actor: Actor, period_id: UUID, said: Said, now: datetime) -> None:
    period_approve(actor=actor, period_id=period_id, words=said["reason"], now=now)


def _end(actor: Actor, period_id: UUID, said: Said, now: datetime) -> None:
    period_move_end(actor=actor, period_id=period_id, ends_on=said["ends_on"], words=said["reason"], now=now)


def _call_off(actor: Actor, period_id: UUID, said: Said, now: datetime) -> None:
    period_call_off(actor=actor, period_id=period_id, words=said["reason"], now=now)


def _decide(actor: Actor, period_id: UUID, said: Said, now: datetime) -> None:
    choice = PeriodDecision.Choice(said["choice"])
    period_decide(
        actor=actor, period_id=period_id, ticket_id=said["ticket"], choice=choice, words=said["reason"], now=now
    )


def _sum_up(actor: Actor, period_id: UUID, said: Said, now: datetime) -> None:
    summary_write(actor=actor, period_id=period_id, words=said["words"], now=now)


def _approve_summary(actor: Actor, period_id: UUID, _said: Said, now: datetime) -> None:
    summary_approve(actor=actor, period_id=period_id, now=now)


ACTS: Mapping[str, tuple[type[forms.Form], Callable[[Actor, UUID, Said, datetime], None]]] = {
    "approve": (ReasonForm, _approve),
    "end": (EndForm, _end),
    "call-off": (ReasonForm, _call_off),
    "decide": (DecisionForm, _decide),
    "summary": (SummaryForm, _sum_up),
    "approve-summary": (NothingForm, _approve_summary),
}
"""The decisions by the last part of their address, each with its form and what carries it out."""


def _page(
    request: StaffRequest, period_id: UUID, form: forms.Form, *, act: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    now, actor = database_now(), request.actor
    row = period_get(actor=actor, period_id=period_id)
    may_decide, stage = actor.may(Permission.PERIODS_DECIDE), stage_of(row, now)
    summary = summary_shown(row, may_decide=may_decide)
    context = {
        "row": row,
        "leading": group_of_today(actor=actor, now=now) if request.school else None,
        "stage": stage.value,
        "measures": _measures(row),
        "review": review_of(actor=actor, period=row, now=now),
        "choices": PeriodDecision.Choice.choices,
        "lacking": shifts_lacking(period=row, now=now) if stage in {Stage.COMING, Stage.RUNNING} else (),
        "summary": summary,
        "counts": counts_in_words(summary.counts) if summary else (),
        "may_decide": may_decide,
        "form": form,
        "act": act,
    }
    return staff_page(request, "period", context, section="rounds", status=status)


def _measures(row: Period) -> list[tuple[str, Any]]:
    plans = ruleset_get(row.rulebook_id).round_plans
    return [(measure_in_words(measure_read(one.said), plans), one) for one in row.measures.all()]
