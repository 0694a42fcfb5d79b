"""Contact tests: the page with one tap, asking the people of a shift, taking a test back, and the school's rule."""

from http import HTTPStatus
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.duty.models import DutyShift
from backend.duty.selectors import shifts_visible
from backend.duty.selectors.contact import contact_rules_of, contact_test_get, contact_tests_lately
from backend.duty.services.contact import (
    AHEAD,
    LEAST_MINUTES,
    MOST_BEFORE,
    MOST_MINUTES,
    USUAL_MINUTES,
    RuleDraft,
    contact_answer,
    contact_ask,
    contact_rule_set,
    contact_take_back,
)
from backend.duty.words import KINDS
from backend.organisation.permissions import Permission
from backend.portal.access import permitted, staff_only
from backend.portal.forms import CleanLine
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest

NUMBER = {"required": gettext_lazy("Please give a number of minutes.")}


class AskForm(forms.Form):
    """In how many minutes the people of a shift answer."""

    minutes = forms.IntegerField(min_value=LEAST_MINUTES, max_value=MOST_MINUTES, error_messages=NUMBER)


class TakeBackForm(forms.Form):
    """The reason for which a test is taken back."""

    reason = CleanLine(max_length=200, error_messages={"required": gettext_lazy("Please say why.")})


class RuleForm(forms.Form):
    """The rule by which the people of a sort of shift are asked before it begins."""

    kind = forms.ChoiceField(choices=DutyShift.Kind.choices)
    before = forms.IntegerField(min_value=0, max_value=MOST_BEFORE, error_messages=NUMBER)
    within = forms.IntegerField(min_value=LEAST_MINUTES, max_value=MOST_MINUTES, error_messages=NUMBER)


@staff_only
def contact(request: StaffRequest, test_id: UUID) -> HttpResponse:
    """Show one test with its one button, and take the answer."""
    if request.method == "POST":
        contact_answer(actor=request.actor, test_id=test_id, now=database_now())
        return redirect("portal:contact", test_id=test_id)
    row = contact_test_get(actor=request.actor, test_id=test_id)
    context = {"row": row, "kind": KINDS[row.shift.kind], "is_own": row.person_id == request.actor.person_id}
    return staff_page(request, "contact", context, section="home")


@permitted(Permission.CONTACTS_ASK)
@require_GET
def contacts(request: StaffRequest) -> HttpResponse:
    """Show who was asked lately and who answered, the shifts that can be asked, and the school's rule."""
    return _page(request, AskForm())


@permitted(Permission.CONTACTS_ASK)
def contact_new(request: StaffRequest, shift_id: UUID) -> HttpResponse:
    """Ask the people of a shift."""
    form = AskForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form) if request.method == "POST" else redirect("portal:contacts")
    minutes: int = form.cleaned_data["minutes"]
    try:
        contact_ask(actor=request.actor, shift_id=shift_id, minutes=lambda: minutes, now=database_now())
    except DomainError as error:
        return _refused(request, form, error)
    messages.success(request, _("Asked. Whoever does not answer in time is passed over until they do."))
    return redirect("portal:contacts")


@permitted(Permission.CONTACTS_ASK)
def contact_back(request: StaffRequest, test_id: UUID) -> HttpResponse:
    """Take a test back."""
    form = TakeBackForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form) if request.method == "POST" else redirect("portal:contacts")
    reason: str = form.cleaned_data["reason"]
    try:
        contact_take_back(actor=request.actor, test_id=test_id, reason=lambda: reason, now=database_now())
    except DomainError as error:
        return _refused(request, form, error)
    messages.success(request, _("Taken back. This person is asked again as before."))
    return redirect("portal:contacts")


@permitted(Permission.CONTACTS_ASK)
def contact_rule(request: StaffRequest) -> HttpResponse:
    """Set when the people of a sort of shift are asked."""
    form = RuleForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form) if request.method == "POST" else redirect("portal:contacts")
    given = form.cleaned_data
    draft = RuleDraft(DutyShift.Kind(given["kind"]), given["before"], given["within"])
    contact_rule_set(actor=request.actor, draft=draft, now=database_now())
    messages.success(request, _("Saved. Thank you."))
    return redirect("portal:contacts")


def _refused(request: StaffRequest, form: forms.Form, error: DomainError) -> HttpResponse:
    if error.status == HTTPStatus.NOT_FOUND:
        raise error
    add_refusal(form, error)
    return _page(request, form)


def _page(request: StaffRequest, form: forms.Form) -> HttpResponse:
    now, actor = database_now(), request.actor
    near = shifts_visible(actor=actor).filter(ends_at__gt=now, starts_at__lte=now + AHEAD)
    rules = {rule.kind: rule for rule in contact_rules_of(actor=actor)}
    context = {
        "shifts": [(shift, KINDS[shift.kind]) for shift in near.order_by("starts_at", "id")[:20]],
        "tests": [(row, KINDS[row.shift.kind]) for row in contact_tests_lately(actor=actor, now=now)],
        "rules": [(kind, name, rules.get(kind)) for kind, name in KINDS.items()] if request.school else (),
        "usual": USUAL_MINUTES,
        "form": form,
        "now": now,
    }
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return staff_page(request, "contacts", context, status=status)
