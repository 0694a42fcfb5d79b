"""The page of evidence about people: whose matters are kept, keeping somebody's, and ending that."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.forms import TOO_LONG, CleanText, token_new
from backend.portal.map_forms import PERSON
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.portal.services import form_once
from backend.retention.selectors import holds_known, people_holdable
from backend.retention.services.holding import person_hold, person_hold_end
from backend.workflow.models.holds import LONGEST_REASON

MOST_HOLDS = 100
WHY = {"required": gettext_lazy("Please say why."), **TOO_LONG}


class EndForm(forms.Form):
    """The reason for which it ends."""

    reason = CleanText(max_length=LONGEST_REASON, error_messages=WHY)


class HoldForm(EndForm):
    """A colleague, and why evidence about them is kept."""

    person = forms.UUIDField(error_messages=PERSON)
    token = forms.CharField(required=False, max_length=64)


@permitted(Permission.EVIDENCE_HOLD)
def person_holds(request: StaffRequest) -> HttpResponse:
    """Show whose matters are kept, and take another."""
    form = HoldForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _held(request, form, database_now()):
        messages.success(request, _("Kept from now on, until one of you ends it."))
        return redirect("portal:person_holds")
    return _page(request, form)


@permitted(Permission.EVIDENCE_HOLD)
def person_hold_ended(request: StaffRequest, hold_id: int) -> HttpResponse:
    """End one; whoever loads the address of a refusal again sees the page."""
    if request.method != "POST":
        return redirect("portal:person_holds")
    form = EndForm(request.POST)
    if not form.is_valid():
        return _page(request, HoldForm(), end=form, ending=hold_id)
    now = database_now()
    person_hold_end(actor=request.actor, hold_id=hold_id, words=form.cleaned_data["reason"], now=now)
    messages.success(request, _("Ended. Whatever is past its time is cleared tonight."))
    return redirect("portal:person_holds")


def _held(request: StaffRequest, form: HoldForm, now: datetime) -> bool:
    given, actor = form.cleaned_data, request.actor
    try:
        form_once(
            actor=actor,
            token=given["token"],
            said=["person-hold", str(given["person"]), given["reason"]],
            now=now,
            act=lambda: person_hold(actor=actor, person_id=given["person"], words=given["reason"], now=now),
        )
    except DomainError as error:
        add_refusal(form, error)
        return False
    return True


def _page(request: StaffRequest, form: HoldForm, *, end: EndForm | None = None, ending: int = 0) -> HttpResponse:
    holds = holds_known(actor=request.actor).order_by("-at", "id")
    context: dict[str, Any] = {
        "standing": holds.filter(ending=None)[:MOST_HOLDS],
        "ended": holds.exclude(ending=None)[:MOST_HOLDS],
        "form": form,
        "end": end,
        "ending": ending,
        "people": people_holdable(actor=request.actor),
        "chosen": str(form["person"].value() or ""),
        "token": form["token"].value() or token_new(),
    }
    status = HTTPStatus.BAD_REQUEST if form.errors or end else HTTPStatus.OK
    return staff_page(request, "person_holds", context, section="help", status=status)
