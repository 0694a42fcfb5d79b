"""The bureau's page of setting a school up: its name, its officers, and entering or ending them."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from backend.accounts.proving import proof_ask
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.common.row_numbers import row_numbers
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.organisation.selectors.bureaus import bureaus_of_own, officers_listed
from backend.organisation.services.bureau_officers import Officer, bureau_name, officer_add, officer_end
from backend.portal.access import permitted
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.portal.setup_forms import LANGUAGES, BureauForm, OfficerForm
from backend.portal.views.setup import school_of_administrator, setup_page


@permitted(Permission.STAFF_IMPORT)
def bureau(request: StaffRequest) -> HttpResponse:
    """Show who the bureau's officers are; take its name, a new officer, or the end of one's post."""
    school = school_of_administrator(request)
    named = BureauForm(
        request.POST if "name_it" in request.POST else None,
        initial={"name_zh": school.bureau.name_zh, "name_en": school.bureau.name_en},
    )
    officer = OfficerForm(request.POST if "add" in request.POST else None, initial={"language": school.usual_language})
    if request.method == "POST":
        if school.live_at is not None and (asked := proof_ask(request)) is not None:
            return asked
        if done := _done(request, named, officer):
            messages.success(request, done)
            return redirect("portal:setup_bureau")
    return _page(request, school, named, officer)


def _done(request: StaffRequest, named: Form, officer: Form) -> str:
    """Do what was sent; return in words what was done, or nothing where it was refused."""
    now = database_now()
    form = named if named.is_bound else officer
    try:
        if "end" in request.POST:
            officer_end(actor=request.actor, appointment_id=next(iter(row_numbers([request.POST["end"]])), 0), now=now)
            return _("The post has ended.")
        if named.is_bound and named.is_valid():
            bureau_name(actor=request.actor, **named.cleaned_data)
            return _("The name of the bureau is stored.")
        if officer.is_bound and officer.is_valid():
            waiting = officer_add(actor=request.actor, officer=Officer(**officer.cleaned_data), now=now)
            return _("Entered. A second person has to confirm it.") if waiting else _("Entered. Now invite them.")
    except DomainError as error:
        if not form.is_bound:
            raise
        add_refusal(form, error)
    return ""


def _page(request: StaffRequest, school: School, named: Form, officer: Form) -> HttpResponse:
    now = database_now()
    form: dict[str, Any] = {"form": named if named.is_bound else officer}
    context = {
        **form,
        "named": named,
        "officer": officer,
        "languages": LANGUAGES,
        "bureau": school.bureau,
        "is_own": bureaus_of_own(school_id=school.id).exists(),
        "is_named": school.bureau.name_zh != school.name_zh,
        "officers": officers_listed(bureau=school.bureau, now=now),
    }
    return setup_page(request, "setup_bureau", context, step="people", status=400 if form["form"].errors else 200)
