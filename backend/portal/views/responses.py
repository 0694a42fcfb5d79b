"""Started response plans: starting one from a ticket, the board of its steps, their answers, its end."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.portal.access import staff_only
from backend.portal.due import due_of
from backend.portal.forms import TOO_LONG, CleanText
from backend.portal.pages import staff_page
from backend.portal.plan_words import lacks_said, seat_said
from backend.portal.requests import StaffRequest
from backend.response.models import LONGEST_CODE, LONGEST_WORDS
from backend.response.selectors.boards import board_get
from backend.response.services.answering import Word, task_answer
from backend.response.services.starting import response_end, response_start
from backend.workflow.services.opening_log import ticket_opened


class WordsForm(forms.Form):
    """The words on a step, or on the end of a plan."""

    words = CleanText(max_length=LONGEST_WORDS, required=False, error_messages=TOO_LONG)


@staff_only
def response_new(request: StaffRequest, ticket_id: UUID) -> HttpResponse:
    """Start the plan whose button was tapped."""
    if request.method != "POST":
        return redirect("portal:ticket_detail", ticket_id=ticket_id)
    code = request.POST.get("plan", "")[:LONGEST_CODE]
    row = response_start(actor=request.actor, ticket_id=ticket_id, code=lambda: code, now=database_now())
    messages.success(request, _("Started. Everybody who is asked hears of it now."))
    return redirect("portal:response", response_id=row.id)


@staff_only
def response(request: StaffRequest, response_id: UUID) -> HttpResponse:
    """Show who has answered and who has not; without the ticket in sight only the reader's own steps."""
    return _board(request, response_id, WordsForm())


@staff_only
def response_step(request: StaffRequest, response_id: UUID, task_id: UUID) -> HttpResponse:
    """Take the word that somebody is there, or that a step is done."""
    form = WordsForm(request.POST)
    is_done = "done" in request.POST

    def act(now: datetime) -> None:
        word = Word(is_done=is_done, words=form.cleaned_data["words"] if is_done else "")
        task_answer(actor=request.actor, response_id=response_id, task_id=task_id, said=lambda: word, now=now)

    return _taken(request, response_id, form, act)


@staff_only
def response_over(request: StaffRequest, response_id: UUID) -> HttpResponse:
    """Take the words with which somebody who leads ends it."""
    form = WordsForm(request.POST)
    form.fields["words"].required = True

    def act(now: datetime) -> None:
        words = form.cleaned_data["words"]
        response_end(actor=request.actor, response_id=response_id, words=lambda: words, now=now)

    return _taken(request, response_id, form, act)


def _taken(request: StaffRequest, response_id: UUID, form: WordsForm, act: Callable[[datetime], None]) -> HttpResponse:
    if request.method == "POST" and not form.is_valid():
        return _board(request, response_id, form)
    if request.method == "POST":
        act(database_now())
        messages.success(request, _("Saved. Thank you."))
    return redirect("portal:response", response_id=response_id)


def _board(request: StaffRequest, response_id: UUID, form: WordsForm) -> HttpResponse:
    now = database_now()
    board = board_get(actor=request.actor, response_id=response_id)
    if board.sees_ticket:
        ticket_opened(actor=request.actor, ticket=board.row.ticket, now=now)
    cards = [(shown, seat_said(shown.task), due_of(at=shown.task.due_at, now=now)) for shown in board.tasks]
    context = {
        "now": now,
        "board": board,
        "lacks": lacks_said(board.row.lacks),
        "mine": [card for card in cards if card[0].is_mine],
        "others": [card for card in cards if not card[0].is_mine],
        "silent": sum(shown.task.there_at is None for shown in board.tasks),
        "form": form,
    }
    return staff_page(request, "response", context, section="plans", status=400 if form.errors else 200)
