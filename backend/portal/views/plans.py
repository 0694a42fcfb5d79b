"""The response plans of a school: how each stands, its steps, approving it, and confirming that one has read it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.common.errors import DomainError, Invalid
from backend.organisation.models import Person
from backend.organisation.permissions import Permission
from backend.portal.access import permitted, staff_only
from backend.portal.forms import CleanLine, token_new
from backend.portal.pages import staff_page
from backend.portal.plan_annexes import annexes_of
from backend.portal.plan_words import lacks_said, steps_said
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest, instant_seen
from backend.portal.services import form_once
from backend.response.models import LONGEST_WORDS
from backend.response.selectors.boards import drills_of
from backend.response.selectors.plans import draft_of, offices_named, plan_standing, plans_standing, school_of_plans
from backend.response.services.approving import plan_approve, plan_confirm
from backend.response.services.drilling import DrillDraft, drill_start
from backend.responsibility.selectors.leading import group_of_today
from backend.rulebook.response_reading import step_read

LONGEST_TOKEN = 64
OF_DRAFT = "draft"
"""The value of the button that approves a draft."""


class ApprovalForm(forms.Form):
    """The last day on which a plan is to hold."""

    last_day = forms.DateField(required=False)


class DrillForm(forms.Form):
    """The words on what is supposed to have happened."""

    words = CleanLine(max_length=LONGEST_WORDS)


@staff_only
def plans(request: StaffRequest) -> HttpResponse:
    """Show the plans of the school, and what each lacks."""
    actor = request.actor
    standing = plans_standing(actor=actor, now=database_now())
    rows = [(one, lacks_said(one.lacks), _mine(one.unread, request)) for one in standing]
    return staff_page(request, "plans", {"rows": rows}, section="plans")


@staff_only
def plan(request: StaffRequest, code: str) -> HttpResponse:
    """Show one plan; its buttons approve it, or confirm that the reader knows it."""
    form = ApprovalForm(request.POST if "approve" in request.POST else None)
    if request.method == "POST" and _done(request, code, form, database_now()):
        messages.success(request, _("Saved. Thank you."))
        return redirect("portal:plan", code=code)
    return _shown(request, code, form)


@permitted(Permission.RESPONSES_START)
def plan_drill(request: StaffRequest, code: str) -> HttpResponse:
    """Hold a drill of a plan; a second tap holds no second one."""
    form = DrillForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("portal:plan", code=code)
    words = form.cleaned_data["words"]
    actor, now, token = request.actor, database_now(), request.POST.get("token", "")[:LONGEST_TOKEN]

    def act() -> UUID:
        return drill_start(actor=actor, code=code, told=lambda: DrillDraft(words), now=now).id

    response_id = form_once(actor=actor, token=token, said=[code, words], now=now, act=act)
    messages.success(request, _("Started. Everybody who is asked hears of it now."))
    return redirect("portal:response", response_id=response_id)


def _done(request: StaffRequest, code: str, form: ApprovalForm, now: datetime) -> bool:
    act: Callable[[], object]
    if form.is_bound:
        if not form.is_valid():
            return False
        day: date | None = form.cleaned_data["last_day"]
        said: dict[str, Any] = {"last_day": lambda: day, "of_draft": request.POST["approve"] == OF_DRAFT}
        said["seen"] = instant_seen(request)
        act = lambda: plan_approve(actor=request.actor, code=code, now=now, **said)  # noqa: E731
    else:
        act = lambda: plan_confirm(actor=request.actor, code=code, now=now)  # noqa: E731
    try:
        act()
    except DomainError as error:
        if not isinstance(error, Invalid):
            raise
        add_refusal(form, error)
        return False
    return True


def _shown(request: StaffRequest, code: str, form: ApprovalForm) -> HttpResponse:
    actor, now = request.actor, database_now()
    standing = plan_standing(actor=actor, code=code, now=now)
    offices, draft = offices_named(actor=actor), draft_of(actor=actor, code=code)
    context = {
        "leading": group_of_today(actor=actor, now=now),
        "standing": standing,
        "lacks": lacks_said(standing.lacks),
        "steps": steps_said(standing.plan.steps, offices),
        "is_unread": standing.holds and _mine(standing.unread, request),
        "has_read": _mine(standing.read, request),
        "may_approve": actor.may(Permission.RESPONSES_APPROVE),
        "may_start": actor.may(Permission.RESPONSES_START),
        "drills": drills_of(actor=actor, code=code),
        "draft": draft,
        "draft_steps": steps_said([step_read(row) for row in draft.steps], offices) if draft else (),
        "annexes": annexes_of(actor=actor, school=school_of_plans(actor=actor), now=now),
        "token": token_new(),
        "form": form,
    }
    return staff_page(request, "plan", context, section="plans", status=400 if form.errors else 200)


def _mine(people: Iterable[Person], request: StaffRequest) -> bool:
    return any(person.id == request.actor.person_id for person in people)
