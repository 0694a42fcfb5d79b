"""The officers of a bureau, entered and ended: by the bureau itself, or on its page of setting a school up."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from backend.accounts.proving import proof_ask
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.common.lists_in_words import listed_in_words
from backend.common.row_numbers import row_numbers
from backend.organisation.models import Bureau, PendingPower, School
from backend.organisation.permissions import Permission
from backend.organisation.selectors.bureaus import bureau_of_officer, bureaus_of_own, officers_listed
from backend.organisation.selectors.invitations import invitation_counts
from backend.organisation.selectors.powers import confirmers_named
from backend.organisation.services.bureau_officers import Officer, bureau_name, officer_add, officer_end
from backend.organisation.services.invitations import people_invite
from backend.portal.access import permitted
from backend.portal.invitations import invited_tell
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.portal.setup_forms import LANGUAGES, BureauForm, OfficerForm
from backend.portal.views.setup import school_of_administrator, setup_page

MOST_NAMED = 5


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


@permitted(Permission.OFFICERS_WRITE)
def officers(request: StaffRequest) -> HttpResponse:
    """Show a bureau its officers; take a new one, the end of one's post, or that they are to be invited."""
    bureau = bureau_of_officer(actor=request.actor)
    officer = OfficerForm(request.POST if "add" in request.POST else None, initial={"language": request.user.language})
    if request.method == "POST":
        if (asked := proof_ask(request)) is not None:
            return asked
        if "invite" in request.POST:
            invited_tell(request=request, invited=people_invite(actor=request.actor, now=database_now()))
            return redirect("portal:officers")
        if done := _done(request, BureauForm(), officer):
            messages.success(request, done)
            return redirect("portal:officers")
    one = PendingPower(bureau=bureau, asked_by_id=request.actor.person_id)
    (confirmers,) = confirmers_named(changes=[one], now=database_now())
    context = {
        **_shown(bureau, officer),
        "form": officer,
        "is_own": True,
        "confirmers": listed_in_words(confirmers, most=MOST_NAMED),
        "uninvited": invitation_counts(actor=request.actor).uninvited,
    }
    return staff_page(request, "officers", context, section="account", status=400 if officer.errors else 200)


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
    form = named if named.is_bound else officer
    context = {
        **_shown(school.bureau, officer),
        "form": form,
        "named": named,
        "is_own": bureaus_of_own(school_id=school.id).exists(),
        "is_named": school.bureau.name_zh != school.name_zh,
    }
    return setup_page(request, "setup_bureau", context, step="people", status=400 if form.errors else 200)


def _shown(bureau: Bureau, officer: Form) -> dict[str, Any]:
    held = officers_listed(bureau=bureau, now=database_now())
    return {"bureau": bureau, "officers": held, "officer": officer, "languages": LANGUAGES}
