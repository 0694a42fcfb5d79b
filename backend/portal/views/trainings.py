"""The training log: what was held, what is due, recording, and making void what was entered by mistake."""

from dataclasses import astuple
from datetime import datetime
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
from backend.organisation.selectors import school_get
from backend.portal.access import permitted, staff_only
from backend.portal.forms import token_new
from backend.portal.listing import listing
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.portal.services import form_once
from backend.portal.training_cards import due_cards, session_cards
from backend.portal.training_forms import TrainingForm, VoidForm
from backend.training.models import TrainingKind
from backend.training.selectors.sessions import (
    dues_known,
    session_get,
    sessions_attended,
    sessions_known,
    trainings_required,
    whom_recorded,
)
from backend.training.services.recording import session_record, session_void
from backend.training.sight import may_void

LATEST_FIRST = ("-held_on", "id")
MOST_DUE, MOST_MINE = 100, 20


@staff_only
@require_GET
def trainings(request: StaffRequest) -> HttpResponse:
    """Show what is due, what the reader went to, and what was held at the school."""
    now, actor = database_now(), request.actor
    school_get(actor=actor)
    dues = dues_known(actor=actor).order_by("due_on", "id")[: MOST_DUE + 1]
    found = listing(request, sessions_known(actor=actor), ordering=LATEST_FIRST)
    context = {
        "dues": due_cards(rows=dues[:MOST_DUE], now=now),
        "is_more": len(dues) > MOST_DUE,
        "mine": session_cards(sessions_attended(actor=actor).order_by(*LATEST_FIRST)[:MOST_MINE]),
        "listing": found,
        "rows": session_cards(found.rows),
        "may_record": actor.may(Permission.TRAININGS_WRITE),
        "sees_all": actor.may(Permission.TRAININGS_READ),
    }
    return staff_page(request, "trainings", context, section="responsibility")


@permitted(Permission.TRAININGS_WRITE)
def training_new(request: StaffRequest) -> HttpResponse:
    """Show the form and take what was held; a refusal keeps what was typed."""
    now, actor = database_now(), request.actor
    school_get(actor=actor)
    people, classes = whom_recorded(actor=actor)
    initial = {
        "held_on": timezone.localdate(now).isoformat(),
        "code": request.GET.get("code", ""),
        "kind": TrainingKind.TRAINING.value if people else TrainingKind.LESSON.value,
    }
    sent = request.POST if request.method == "POST" else None
    rules = trainings_required(actor=actor)
    form = TrainingForm(sent, rules=rules, people=people, classes=classes, initial=initial)
    session_id = _recorded(request, form, now) if form.is_valid() else ""
    if session_id:
        messages.success(request, _("Saved. Thank you."))
        return redirect("portal:training", session_id=session_id)
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    context = {"form": form, "token": form["token"].value() or token_new(), "today": timezone.localdate(now)}
    return staff_page(request, "training_new", context, section="responsibility", status=status)


@staff_only
def training(request: StaffRequest, session_id: UUID) -> HttpResponse:
    """Show one entry with who was there as far as the reader may know, and take that it is void."""
    actor = request.actor
    session = session_get(actor=actor, session_id=session_id)
    form = VoidForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            session_void(actor=actor, session_id=session_id, reason=form.cleaned_data["reason"], now=database_now())
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved. Thank you."))
            return redirect("portal:training", session_id=session_id)
    (card,) = session_cards([session])
    context = {
        "card": card,
        "form": form,
        "may_void": session.void_at is None and may_void(actor=actor, by_id=session.by_id),
    }
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return staff_page(request, "training", context, section="responsibility", status=status)


def _recorded(request: StaffRequest, form: TrainingForm, now: datetime) -> str:
    """Take a form once, however often it is sent; return the entry that it made, or nothing where it was refused."""
    draft, actor = form.draft(), request.actor
    try:
        return form_once(
            actor=actor,
            token=form.cleaned_data["token"],
            said=["training", *astuple(draft)],
            now=now,
            act=lambda: session_record(actor=actor, draft=draft, now=now),
        )
    except DomainError as error:
        add_refusal(form, error)
        return ""
