"""The way in to a new school: the set-up link, the school, and the first administrator, who is signed in by it."""

from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from backend.accounts.hashing import HashingBusy
from backend.accounts.links import LinkDead
from backend.accounts.opening import session_open
from backend.accounts.passwords import PasswordWeak
from backend.accounts.services import UsernameTaken
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.models import School
from backend.portal.access import public
from backend.portal.language import with_language
from backend.portal.problems import add_refusal
from backend.portal.setup_forms import TIME_ZONES, AdministratorForm, SchoolForm
from backend.setup.models import SetupLink
from backend.setup.selectors.links import setup_link_get, token_digest
from backend.setup.services.first_school import FirstAdministrator, school_set_up
from backend.setup.services.links import school_draft_keep

LINK = "setup_link"
REFUSED = 400


@public
def setup_start(request: HttpRequest) -> HttpResponse:
    """Take the link out of the address into the session, so that no log and no other site sees it again."""
    digest = token_digest(token=request.GET.get("token", ""))
    try:
        setup_link_get(digest=digest, now=database_now())
    except LinkDead as error:
        return _dead(request, error)
    logout(request)
    request.session[LINK] = digest
    return redirect("portal:setup_school")


@public
def setup_school(request: HttpRequest) -> HttpResponse:
    """Ask for the school and keep it with the link; nothing is stored before there is an administrator."""
    try:
        link = _link(request)
    except LinkDead as error:
        return _dead(request, error)
    form = SchoolForm(request.POST if request.method == "POST" else None, initial=link.draft)
    if form.is_valid():
        school_draft_keep(digest=link.digest, draft=form.cleaned_data, now=database_now())
        return redirect("portal:setup_administrator")
    context = {"form": form, "under": link.bureau, "kinds": School.Kind.choices, "zones": TIME_ZONES.items()}
    return _page(request, "setup_school", context)


@public
@sensitive_post_parameters("password", "again")
def setup_administrator(request: HttpRequest) -> HttpResponse:
    """Ask for the first administrator, store the school, and sign them in."""
    try:
        link = _link(request)
        if not link.draft:
            return redirect("portal:setup_school")
        form = AdministratorForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return _opened(request, form, link)
    except LinkDead as error:
        return _dead(request, error)
    except (UsernameTaken, PasswordWeak, HashingBusy) as error:
        add_refusal(form, error)
    return _page(request, "setup_administrator", {"form": form, "draft": link.draft})


def _opened(request: HttpRequest, form: AdministratorForm, link: SetupLink) -> HttpResponse:
    names = ("name", "staff_number", "address", "username", "password")
    administrator = FirstAdministrator(**{name: form.cleaned_data[name] for name in names})
    now = database_now()
    user = school_set_up(digest=link.digest, administrator=administrator, now=now)
    logout(request)
    session_open(request=request, user=user, now=now, is_first=True)
    return with_language(redirect("portal:setup"), user.language)


def _link(request: HttpRequest) -> SetupLink:
    return setup_link_get(digest=request.session.get(LINK, ""), now=database_now())


def _dead(request: HttpRequest, error: DomainError) -> HttpResponse:
    return render(request, "portal/setup_dead.html", {"error": error}, status=error.status)


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    status = REFUSED if context["form"].errors else 200
    return render(request, f"portal/{template}.html", context, status=status)
