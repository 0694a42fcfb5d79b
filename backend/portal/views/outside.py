"""Visits from outside: who inspected the school, what they found, and by when they want an answer."""

from dataclasses import astuple
from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.cards import is_chinese
from backend.portal.forms import token_new
from backend.portal.listing import listing
from backend.portal.outside_forms import OutsideFindingForm, OutsideVisitForm, ReplyForm
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.portal.services import form_once
from backend.rounds.models import OutsideReplyWord
from backend.rounds.selectors.outside import findings_of, visit_get, visit_shown, visits_shown
from backend.rounds.services.outside import outside_finding_note, outside_visit_keep
from backend.rounds.services.replying import Word, reply_answer, reply_ask, reply_move
from backend.workflow.selectors import category_name

LATEST_FIRST = ("-day", "id")


@permitted(Permission.ROUNDS_READ)
def outside_visits(request: StaffRequest) -> HttpResponse:
    """Show the visits from outside, and take a new one."""
    now, actor = database_now(), request.actor
    sent = request.POST if request.method == "POST" else None
    form = OutsideVisitForm(sent, initial={"day": timezone.localdate(now).isoformat()})
    if form.is_valid():
        draft = form.draft()

        def keep() -> UUID:
            return outside_visit_keep(actor=actor, draft=draft, now=now).id

        try:
            token = form.cleaned_data["token"]
            visit_id = form_once(actor=actor, token=token, said=astuple(draft), now=now, act=keep)
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved. Thank you."))
            return redirect("portal:outside_visit", visit_id=visit_id)
    context = {
        "listing": listing(request, visits_shown(actor=actor), ordering=LATEST_FIRST),
        "form": form,
        "token": form["token"].value() or token_new(),
        "may_keep": request.school is not None and actor.may(Permission.ROUNDS_REQUEST),
    }
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return staff_page(request, "outside_visits", context, section="rounds", status=status)


@permitted(Permission.ROUNDS_READ)
def outside_visit(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Show a visit with the tickets about what it found, and take another one."""
    now, actor = database_now(), request.actor
    form = OutsideFindingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        note = partial(outside_finding_note, actor=actor, visit_id=visit_id, now=now)
        try:
            note(named=form.cleaned_data["ticket"], answer_by=form.cleaned_data["answer_by"])
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved. Thank you."))
            return redirect("portal:outside_visit", visit_id=visit_id)
    return _visit_page(request, visit_id, form)


@permitted(Permission.ROUNDS_REQUEST)
def outside_reply(request: StaffRequest, visit_id: UUID, reply_id: UUID | None = None) -> HttpResponse:
    """Take a word on an answer that an authority wants; without its id, the day of another one.

    A page that shows a refusal has this address: whoever loads it again, or changes the language, sees the visit.
    """
    if request.method != "POST":
        return redirect("portal:outside_visit", visit_id=visit_id)
    visit_get(actor=request.actor, visit_id=visit_id)
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            _say(request, visit_id, reply_id, form.word())
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved. Thank you."))
            return redirect("portal:outside_visit", visit_id=visit_id)
    return _visit_page(request, visit_id, OutsideFindingForm(), said=form, said_on=reply_id)


def _say(request: StaffRequest, visit_id: UUID, reply_id: UUID | None, word: Word) -> None:
    now, actor = database_now(), request.actor
    if reply_id is None:
        reply_ask(actor=actor, visit_id=visit_id, day=word.day, reason=word.reason, now=now)
    elif word.kind == OutsideReplyWord.Kind.ANSWERED:
        reply_answer(actor=actor, visit_id=visit_id, reply_id=reply_id, word=word, now=now)
    else:
        reply_move(actor=actor, visit_id=visit_id, reply_id=reply_id, day=word.day, reason=word.reason, now=now)


def _visit_page(
    request: StaffRequest,
    visit_id: UUID,
    form: OutsideFindingForm,
    said: ReplyForm | None = None,
    said_on: UUID | None = None,
) -> HttpResponse:
    """Show a visit; `said` is what was refused about the answer `said_on`, or about a new one."""
    actor, row = request.actor, visit_shown(actor=request.actor, visit_id=visit_id)
    found = findings_of(actor=actor, visits=[row])
    context = {
        "visit": row,
        "found": [(one, category_name(one.ticket, chinese=is_chinese())) for one in found],
        "form": form,
        "said": said,
        "said_on": said_on,
        "today": timezone.localdate(),
        "may_keep": actor.school_id == row.school_id and actor.may(Permission.ROUNDS_REQUEST),
    }
    status = HTTPStatus.BAD_REQUEST if form.errors or said else HTTPStatus.OK
    return staff_page(request, "outside_visit", context, section="rounds", status=status)
