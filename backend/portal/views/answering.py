"""Questions to somebody outside: making and ending a link, and the one page that it opens, without an account."""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.links import LinkDead
from backend.common.client_address import client_address
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.common.waits import Growth, try_count
from backend.files.models import Purpose
from backend.portal.access import public, staff_only
from backend.portal.forms import CleanText
from backend.portal.pages import refusal_page, staff_page
from backend.portal.place import place_of, ticket_address
from backend.portal.requests import StaffRequest
from backend.portal.taking import files_take
from backend.workflow.action_input import LONGEST_NOTE
from backend.workflow.asking_api import link_address
from backend.workflow.models import OutsideQuestion
from backend.workflow.questions import question_by_link
from backend.workflow.services.asking import (
    Answer,
    answer_file_begin,
    question_answer_by_link,
    question_link_end,
    question_link_make,
)

OPENINGS = Growth("answer-link", 30, timedelta(seconds=1), timedelta(minutes=5), timedelta(hours=1))
"""Whoever opens very many from one address waits: nobody guesses a link, and nobody floods a page."""
FILES = "files"


class AnswerForm(forms.Form):
    """An answer: words, and a day where the question is about one."""

    words = CleanText(
        max_length=LONGEST_NOTE,
        error_messages={"required": gettext_lazy("Please write your answer, then send it again.")},
    )
    day = forms.DateField(required=False)


@public
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the question that a link opens and take its answer; nothing else of the ticket is there to be seen."""
    now = database_now()
    try:
        try_count(growth=OPENINGS, who=client_address(request), now=now)
        question = question_by_link(token=token, now=now)
        response = _answered(request, token, question) if request.method == "POST" else None
    except LinkDead as error:
        response = render(request, "portal/answer_dead.html", {"error": error}, status=error.status)
    except DomainError as error:
        response = refusal_page(request, error)
    else:
        response = response or _page(request, question, AnswerForm())
    # Nobody else learns the link. Under `no-referrer` a browser would not say either that the form is of this page, and
    # an answer would be taken for one that another site forged.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@staff_only
def question_link(request: StaffRequest, ticket_id: UUID, part_id: UUID) -> HttpResponse:
    """Make a link to a question and show it, this once."""
    if request.method != "POST":
        return redirect(ticket_address(ticket_id=ticket_id, place=place_of(request)))
    token = question_link_make(actor=request.actor, ticket_id=ticket_id, part_id=part_id, now=database_now())
    context = {"address": link_address(token), "back": ticket_address(ticket_id=ticket_id, place=place_of(request))}
    return staff_page(request, "question_link", context, section="tickets")


@staff_only
def question_link_away(request: StaffRequest, ticket_id: UUID, part_id: UUID) -> HttpResponse:
    """End the link to a question."""
    if request.method == "POST":
        question_link_end(actor=request.actor, ticket_id=ticket_id, part_id=part_id, now=database_now())
        messages.success(request, _("The link does not work any more."))
    return redirect(ticket_address(ticket_id=ticket_id, place=place_of(request)))


def _answered(request: HttpRequest, token: str, question: OutsideQuestion) -> HttpResponse | None:
    form, now = AnswerForm(request.POST), database_now()
    if not form.is_valid():
        return _page(request, question, form, status=HTTPStatus.BAD_REQUEST)
    # Before the answer, after which the link opens nothing.
    refused = files_take(
        begin=lambda said: answer_file_begin(token=token, said=said, now=now),
        sent=request.FILES.getlist(FILES),
        purpose=Purpose.REPORT,
        now=now,
    )
    given = Answer(form.cleaned_data["words"], form.cleaned_data["day"])
    question_answer_by_link(token=token, answer=given, now=now)
    return _page(request, question, form, is_answered=True, refused=refused)


def _page(
    request: HttpRequest,
    question: OutsideQuestion,
    form: AnswerForm,
    *,
    status: int = HTTPStatus.OK,
    is_answered: bool = False,
    refused: list[str] | None = None,
) -> HttpResponse:
    school = question.part.ticket.school
    context = {
        "question": question.part.words,
        "whom": question.whom,
        "due_at": question.part.due_at,
        "school_name": school.name,
        "form": form,
        "is_answered": is_answered,
        "refused": refused or [],
    }
    with timezone.override(ZoneInfo(school.time_zone)):
        return render(request, "portal/answer.html", context, status=status)
