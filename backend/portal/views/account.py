"""One's own account: opening it by an invitation, its password, its language."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from backend.accounts.devices import device_remember, source_of
from backend.accounts.hashing import HashingBusy, hashing_for
from backend.accounts.links import LinkDead
from backend.accounts.models import User
from backend.accounts.opening import session_keep, session_open
from backend.accounts.passwords import PasswordWeak
from backend.accounts.selectors import sign_ins_of
from backend.accounts.services import UsernameTaken, reset_user
from backend.accounts.sign_in import CredentialsWrong, SignInWaits, credentials_check, wait_end
from backend.common.client_address import source_address
from backend.common.clock import database_now
from backend.common.waits import TooSoon
from backend.identity.selectors import identities_of, providers_to_link
from backend.organisation.permissions import Permission
from backend.organisation.selectors.invitations import Invitation, invitation_get
from backend.organisation.services.accounts import password_change, password_reset
from backend.organisation.services.invitations import invitation_accept, password_reset_ask
from backend.portal.access import public, staff_only
from backend.portal.account_forms import ForgottenForm, InvitationForm, NewPasswordForm, PasswordForm
from backend.portal.language import with_language
from backend.portal.pages import refusal_page, staff_page, waiting
from backend.portal.requests import StaffRequest

REFUSED = 400


@staff_only
def account(request: StaffRequest) -> HttpResponse:
    """Show what the reader can do about their own account."""
    return _account_page(request, PasswordForm())


@staff_only
@sensitive_post_parameters()
def password(request: StaffRequest) -> HttpResponse:
    """Change one's own password; every other session and every token of the account ends."""
    if request.method != "POST":
        return redirect("portal:account")
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _account_page(request, form, status=REFUSED)
    try:
        now, present = database_now(), form.cleaned_data["present"]
        user = credentials_check(request=request, username=request.user.username, password=present, now=now)
        new, key = form.cleaned_data["password"], request.session.session_key
        with hashing_for(is_known=True):
            password_change(user=user, password=new, now=now, session_key=key)
    except CredentialsWrong:
        form.add_error("present", _("This is not your present password. Please try again."))
    except (SignInWaits, HashingBusy) as error:
        return refusal_page(request, error)
    except PasswordWeak as error:
        form.add_error("password", str(error))
    if form.errors:
        return _account_page(request, form, status=REFUSED)
    session_keep(request=request, user=user, now=database_now())
    messages.success(request, _("Your password is changed. Everywhere else you are signed out."))
    return redirect("portal:account")


@public
@sensitive_post_parameters()
def invitation(request: HttpRequest) -> HttpResponse:
    """Let the invited person choose a user name and a password, in their language, and sign them in."""
    token = _token(request)
    try:
        found = invitation_get(token=token, now=database_now())
    except LinkDead as error:
        return _dead(request, error, is_invitation=True)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    with translation.override(translation.get_language() if chosen else found.person.language):
        return _accepted(request, found, token)


def _accepted(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    form = InvitationForm(request.POST if request.method == "POST" else None, initial={"token": token})
    if form.is_valid():
        name, secret = form.cleaned_data["username"], form.cleaned_data["password"]
        reads = User.Language.ENGLISH if _reads_english() else User.Language.CHINESE
        try:
            user = invitation_accept(token=token, username=name, password=secret, language=reads, now=database_now())
        except LinkDead as error:
            return _dead(request, error, is_invitation=True)
        except (UsernameTaken, PasswordWeak, HashingBusy) as error:
            form.add_error((error.pointer or "/password").strip("/"), str(error))
        else:
            logout(request)
            session_open(request=request, user=user, now=database_now(), is_first=True)
            messages.success(request, _opened(found))
            response = with_language(redirect("portal:home"), user.language)
            device_remember(request=request, response=response, username=user.username)
            return response
    context = {"form": form, "person": found.person, "channel": found.channel, "token": token}
    return render(request, "portal/invitation.html", context, status=REFUSED if form.errors else 200)


def _opened(found: Invitation) -> str:
    if found.channel is None:
        return _("Your account is open. You are told here; add a robot of yours to be told elsewhere as well.")
    return _("Your account is open. From now on you can be reached by e-mail.")


@public
def forgotten(request: HttpRequest) -> HttpResponse:
    """Have a link to a new password sent; the answer is the same whether there is such an account or not."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    if not form.is_valid():
        return render(request, "portal/password_forgotten.html", context, status=REFUSED if form.is_bound else 200)
    asked = form.cleaned_data["asked"]
    try:
        known = source_of(request=request, username=asked)
        device = known.name if known.is_known else ""
        password_reset_ask(asked=asked, source=source_address(request), device=device, now=database_now())
    except TooSoon as error:
        return waiting(
            render(request, "portal/password_forgotten.html", {**context, "refusal": error}, status=429), error
        )
    return render(request, "portal/password_forgotten.html", {**context, "is_sent": True})


@public
@sensitive_post_parameters()
def reset(request: HttpRequest) -> HttpResponse:
    """Set a new password by the link of a mail; all sessions and tokens of the account end."""
    token = _token(request)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, initial={"token": token})
    try:
        user = reset_user(token=token, now=database_now())
        if form.is_valid():
            password_reset(token=token, password=form.cleaned_data["password"], now=database_now())
            wait_end(request=request, username=user.username)
            messages.success(request, _("Your new password is set. Please sign in with it."))
            return redirect("portal:sign_in")
    except LinkDead as error:
        return _dead(request, error, is_invitation=False)
    except (PasswordWeak, HashingBusy) as error:
        form.add_error("password", str(error))
    context = {"form": form, "username": user.username, "token": token}
    return render(request, "portal/password_new.html", context, status=REFUSED if form.errors else 200)


def _account_page(request: StaffRequest, form: PasswordForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "sign_ins": sign_ins_of(user=request.user, now=database_now()),
        "identities": identities_of(user=request.user),
        "linkable": providers_to_link(actor=request.actor),
        "session_key": request.session.session_key,
        "is_administrator": request.actor.may(Permission.STAFF_IMPORT),
        "keeps_officers": request.actor.bureau_id is not None and request.actor.may(Permission.OFFICERS_WRITE),
        "prints_posters": request.actor.may(Permission.PLACES_READ_CODE),
        "keeps_calendar": request.actor.may(Permission.CALENDAR_WRITE),
        "is_second_person": request.actor.may(Permission.POWERS_CONFIRM),
    }
    return staff_page(request, "account", context, section="account", status=status)


def _token(request: HttpRequest) -> str:
    """Return the token of a link: from the address at first, from the form afterwards."""
    return request.POST.get("token") or request.GET.get("token") or ""


def _dead(request: HttpRequest, error: LinkDead, *, is_invitation: bool) -> HttpResponse:
    context = {"error": error, "is_invitation": is_invitation}
    return render(request, "portal/link_dead.html", context, status=error.status)


def _reads_english() -> bool:
    return (translation.get_language() or "").startswith("en")
