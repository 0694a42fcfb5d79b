"""The second factor: asked for at the sign-in, and set up or taken away by its owner."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from backend.accounts.models import User
from backend.accounts.opening import factor_waits_for
from backend.accounts.proving import proved
from backend.accounts.services.factor_rows import authenticator_remove, passkey_remove
from backend.accounts.services.factors import (
    AuthenticatorExists,
    authenticator_address,
    authenticator_begin,
    authenticator_confirm,
    factor_code_check,
    recovery_codes_left,
    recovery_codes_renew,
)
from backend.accounts.services.passkeys import (
    passkey_add,
    passkey_ask,
    passkey_begin,
    passkey_check,
    passkeys_possible,
)
from backend.accounts.sign_in import factor_source
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.common.later import Later
from backend.organisation.selectors.schools import emergency_numbers_agreed
from backend.portal.access import public, without_factor
from backend.portal.opening import signed_in
from backend.portal.pages import staff_page, waiting
from backend.portal.requests import StaffRequest

if TYPE_CHECKING:
    import segno
else:
    segno = Later("segno")

CHALLENGE = "challenge"
LONGEST_NAME = 60
REFUSED = 400


@public
@sensitive_post_parameters()
def sign_in_factor(request: HttpRequest) -> HttpResponse:
    """Ask whoever typed the right password for the second factor, and sign them in."""
    now = database_now()
    half = factor_waits_for(request=request, now=now)
    if half is None:
        return redirect("portal:sign_in")
    user = half.user
    error: DomainError | None = None
    if request.method == "POST":
        try:
            _check(request, user)
        except DomainError as refusal:
            error = refusal
        else:
            return signed_in(request, user, half.onward, through=half.through)
    context: dict[str, Any] = {"error": error, "user_name": user.username, "ceremony": _asked(request, user)}
    context["is_from_elsewhere"] = half.through is not None
    context["emergency_numbers"] = emergency_numbers_agreed()
    context["has_app"] = hasattr(user, "authenticator") and user.authenticator.confirmed_at is not None
    # Not 401, which would have to offer a way of HTTP authentication.
    status = 200 if error is None else REFUSED if error.status == 401 else error.status  # noqa: PLR2004
    response = render(request, "portal/sign_in_factor.html", context, status=status)
    return response if error is None else waiting(response, error)


def _check(request: HttpRequest, user: User) -> None:
    now, credential = database_now(), request.POST.get("credential", "")
    challenge = request.session.pop(CHALLENGE, "")
    if credential:
        passkey_check(user=user, credential=credential, challenge=challenge, now=now)
    else:
        code = request.POST.get("code", "")[:40]
        factor_code_check(user=user, code=code, source=factor_source(request, user), now=now)


def _asked(request: HttpRequest, user: User) -> str:
    """Return what the browser is asked for a passkey; nothing where the account has none."""
    if not passkeys_possible() or not user.passkeys.exists():
        return ""
    ceremony = passkey_ask(user=user)
    request.session[CHALLENGE] = ceremony.challenge
    return ceremony.options


@without_factor
def factors(request: StaffRequest) -> HttpResponse:
    """Show what the account has, and how to set up more."""
    return _page(request)


@without_factor
@proved
def app_add(request: StaffRequest) -> HttpResponse:
    """Let the app count, if its code is right."""
    if request.method != "POST":
        return redirect("portal:factors")
    try:
        authenticator_confirm(user=request.user, code=request.POST.get("code", "").strip()[:10], now=database_now())
    except DomainError as error:
        return _page(request, {"app_error": error}, status=error.status)
    return _added(request, _("The app is in use from now on."))


@without_factor
@proved
def passkey_add_page(request: StaffRequest) -> HttpResponse:
    """Keep the passkey that the browser made."""
    if request.method != "POST":
        return redirect("portal:factors")
    challenge = request.session.pop(CHALLENGE, "")
    name = " ".join(request.POST.get("name", "").split())[:LONGEST_NAME] or _("Passkey")
    credential = request.POST.get("credential", "")
    try:
        passkey_add(user=request.user, credential=credential, challenge=challenge, name=name, now=database_now())
    except DomainError as error:
        return _page(request, {"passkey_error": error}, status=error.status)
    return _added(request, _("The passkey is in use from now on."))


@without_factor
@proved
def app_remove(request: StaffRequest) -> HttpResponse:
    """Let the app count no more."""
    if request.method == "POST":
        authenticator_remove(user=request.user, now=database_now())
        messages.success(request, _("Removed."))
    return redirect("portal:factors")


@without_factor
@proved
def passkey_remove_page(request: StaffRequest, passkey_id: UUID) -> HttpResponse:
    """Let a passkey count no more."""
    if request.method == "POST":
        passkey_remove(user=request.user, passkey_id=passkey_id, now=database_now())
        messages.success(request, _("Removed."))
    return redirect("portal:factors")


@without_factor
@proved
def codes_renew(request: StaffRequest) -> HttpResponse:
    """Show ten new recovery codes, this once."""
    if request.method != "POST" or request.user.second_factor_at is None:
        return redirect("portal:factors")
    return _codes_page(request)


def _added(request: StaffRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("portal:factors") if recovery_codes_left(user=request.user) else _codes_page(request)


def _codes_page(request: StaffRequest) -> HttpResponse:
    codes = recovery_codes_renew(user=request.user)
    return staff_page(request, "recovery_codes", {"codes": codes}, section="account")


def _page(request: StaffRequest, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    user, ceremony = request.user, ""
    if passkeys_possible():
        asked = passkey_begin(user=user)
        request.session[CHALLENGE], ceremony = asked.challenge, asked.options
    shown = {
        **_app(user),
        "passkeys": user.passkeys.order_by("added_at"),
        "ceremony": ceremony,
        "codes_left": recovery_codes_left(user=user),
        "has_factor": user.second_factor_at is not None,
    }
    return staff_page(request, "factors", {**shown, **(context or {})}, section="account", status=status)


def _app(user: User) -> dict[str, Any]:
    """Return the app in use, or what one needs to be set up."""
    try:
        secret = authenticator_begin(user=user)
    except AuthenticatorExists:
        return {"app": user.authenticator}
    square = segno.make(authenticator_address(user=user, secret=secret), error="m")
    drawn = square.svg_inline(omitsize=True, border=3, dark="#14322c")
    return {"secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), "square": mark_safe(drawn)}  # noqa: S308 - drawn by us
