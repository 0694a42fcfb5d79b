"""Signing in at another system, as the school's portal: on the way there, back, to link it, and when it ends there."""

from http import HTTPStatus
from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from backend.accounts.models import User
from backend.accounts.opening import factor_wait
from backend.accounts.proving import proved
from backend.accounts.services.sign_ins import Through
from backend.common.clock import database_now
from backend.common.errors import DomainError, NotFound
from backend.duty.selectors import actor_get
from backend.identity.arriving import LONGEST_WORD, Arrived
from backend.identity.errors import SignInBroken
from backend.identity.models import IdentityProvider
from backend.identity.selectors import (
    identity_get,
    provider_by_code,
    provider_get,
    providers_offered,
    second_factor_asked,
    staff_number_is,
)
from backend.identity.services.ending import sessions_end
from backend.identity.services.linking import identity_end, identity_found, identity_link
from backend.identity.services.providers import provider_tried
from backend.identity.sessions import GOOD_FOR, Begun, Purpose, begin, begun_take, session_mark
from backend.identity.ways import way_of
from backend.organisation.actors import Actor
from backend.organisation.permissions import NotStaff, Permission
from backend.portal.access import permitted, public, staff_only
from backend.portal.opening import safe_path, signed_in
from backend.portal.pages import refusal_page, staff_page
from backend.portal.requests import StaffRequest
from backend.portal.sign_in_page import sign_in_page, used_last, used_note
from backend.portal.views.saml import landed, logged_out


@public
def sign_in_elsewhere(request: HttpRequest) -> HttpResponse:
    """Show all the systems at which people of the schools here sign in."""
    onward = safe_path(request, request.GET.get("next"))
    rows = providers_offered(remembered=used_last(request))
    return render(request, "portal/sign_in_elsewhere.html", {"providers": rows, "next": onward})


@public
@never_cache
def sign_in_with(request: HttpRequest, code: str) -> HttpResponse:
    """Lead a browser to where its owner signs in; they come back with a code, and go on to the page asked for."""
    onward = safe_path(request, request.GET.get("next"))
    if request.user.is_authenticated:
        return redirect(onward)
    try:
        provider = _switched_on(code)
        return redirect(_way_there(request, provider, Purpose.SIGN_IN, onward))
    except DomainError as error:
        return sign_in_page(request, onward=onward, refusal=error, status=error.status)


@csrf_exempt
@public
@never_cache
def back(request: HttpRequest, code: str) -> HttpResponse:
    """Take in whoever comes back, for what they were sent there.

    SAML has its answers posted here, without cookies of ours; CAS says here too that a session ended.
    """
    if request.method == "POST":
        return landed(request, code) if "SAMLResponse" in request.POST else _hear(request, code)
    onward = "/"
    try:
        provider = provider_by_code(code=code)
        state = request.GET.get("state", "")[:LONGEST_WORD]
        begun = begun_take(session=request.session, provider=provider, state=state, now=database_now())
        onward = safe_path(request, begun.onward)
        arrived = _arrived(request, provider, begun)
        return ARRIVALS[Purpose(begun.purpose)](request, provider, begun, arrived)
    except DomainError as error:
        if request.user.is_authenticated:
            return refusal_page(request, error)
        return sign_in_page(request, onward=onward, refusal=error, status=error.status)


@csrf_exempt
@public
@never_cache
def ended(request: HttpRequest, code: str) -> HttpResponse:
    """Hear from another system that sessions ended there: they end here, too. SAML sends somebody's browser with it."""
    return logged_out(request, code) if request.GET or "SAMLRequest" in request.POST else _hear(request, code)


def _hear(request: HttpRequest, code: str) -> HttpResponse:
    try:
        if request.method != "POST":
            raise SignInBroken
        provider, now = provider_by_code(code=code), database_now()
        said = way_of(provider).logout_read(provider=provider, said=request.POST.dict(), now=now)
        sessions_end(provider=provider, ended=said, now=now)
    except DomainError as error:
        # The word for it in the specification; a provider asks for no more.
        return JsonResponse(
            {"error": "invalid_request", "error_description": error.code}, status=HTTPStatus.BAD_REQUEST
        )
    return HttpResponse(status=HTTPStatus.OK)


@staff_only
@proved
def link(request: StaffRequest, code: str) -> HttpResponse:
    """Show the way to where the reader signs in elsewhere, to link it with their account."""
    provider = _switched_on(code)
    if request.method != "POST" or provider.school_id != request.actor.school_id:
        return redirect("portal:account")
    return _onward_page(request, provider, Purpose.LINK, reverse("portal:account"))


@staff_only
@proved
def link_end(request: StaffRequest, identity_id: UUID) -> HttpResponse:
    """End a link of one's own account."""
    if request.method == "POST":
        key, now = request.session.session_key, database_now()
        identity_end(user=request.user, identity_id=identity_id, session_key=key, now=now)
        messages.success(request, _("The link is ended. Signing in there does not open your account any more."))
    return redirect("portal:account")


@permitted(Permission.PROVIDERS_MANAGE)
@proved
def trial(request: StaffRequest, provider_id: UUID) -> HttpResponse:
    """Show the way to a provider that is being set up, to see whether signing in there works."""
    provider = provider_get(actor=request.actor, provider_id=provider_id)
    address = reverse("portal:provider", args=[provider.id])
    if request.method != "POST":
        return redirect(address)
    return _onward_page(request, provider, Purpose.TRIAL, address)


def _switched_on(code: str) -> IdentityProvider:
    provider = provider_by_code(code=code)
    if not provider.is_on:
        raise NotFound
    return provider


def _way_there(request: HttpRequest, provider: IdentityProvider, purpose: Purpose, onward: str) -> str:
    user_id = request.user.pk
    if user_id is None:
        request.session.set_expiry(GOOD_FOR)  # whoever comes without cookies leaves a new session each time
    state, begun = begin(
        session=request.session,
        provider=provider,
        purpose=purpose,
        onward=onward,
        user_id=user_id,
        now=database_now(),
    )
    back_to = _back_address(provider)
    return way_of(provider).authorization_address(provider=provider, state=state, begun=begun, back=back_to)


def _onward_page(request: StaffRequest, provider: IdentityProvider, purpose: Purpose, onward: str) -> HttpResponse:
    """Show the way as a link: a browser follows no form to another site, so that none of ours can be led astray."""
    context = {"provider": provider, "address": _way_there(request, provider, purpose, onward), "purpose": purpose}
    return staff_page(request, "identity_onward", context, section="account")


def _back_address(provider: IdentityProvider) -> str:
    return f"{settings.PUBLIC_URL}{reverse('portal:sign_in_back', args=[provider.code])}"


def _arrived(request: HttpRequest, provider: IdentityProvider, begun: Begun) -> Arrived:
    given, back_to = request.GET.dict(), _back_address(provider)
    return way_of(provider).arrival(provider=provider, begun=begun, given=given, back=back_to, now=database_now())


def _sign_in(request: HttpRequest, provider: IdentityProvider, begun: Begun, arrived: Arrived) -> HttpResponse:
    if not provider.is_on:
        raise NotFound
    now, onward = database_now(), safe_path(request, begun.onward)
    found = identity_get(provider=provider, subject=arrived.subject, now=now)
    if found is None:
        way = way_of(provider)
        number = way.staff_number_told(provider=provider, arrived=arrived) if provider.links_by_staff_number else ""
        found = identity_found(provider=provider, subject=arrived.subject, staff_number=number, now=now)
    mark = session_mark(provider=provider, session=arrived.session) if arrived.session else ""
    through = Through(str(found.id), mark, arrived.leave)
    if second_factor_asked(user=found.user, provider=provider):
        factor_wait(request=request, user=found.user, onward=onward, now=now, through=through)
        response: HttpResponse = redirect("portal:sign_in_factor")
    else:
        response = signed_in(request, found.user, onward, through=through, is_proof=False)
    used_note(response, provider, secure=settings.SESSION_COOKIE_SECURE)
    return response


def _link(request: HttpRequest, provider: IdentityProvider, begun: Begun, arrived: Arrived) -> HttpResponse:
    actor = _same_person(request, begun)
    user = cast("User", request.user)
    identity_link(actor=actor, provider=provider, subject=arrived.subject, user=user, now=database_now())
    messages.success(request, _("Linked. From now on signing in there opens your account."))
    return redirect("portal:account")


def _try(request: HttpRequest, provider: IdentityProvider, begun: Begun, arrived: Arrived) -> HttpResponse:
    actor = _same_person(request, begun)
    number = way_of(provider).staff_number_told(provider=provider, arrived=arrived)
    provider_tried(actor=actor, provider_id=provider.id, now=database_now())
    messages.success(request, _("It works. You are known there as: %(subject)s") % {"subject": arrived.subject})
    if provider.staff_number_claim:
        is_right, told = staff_number_is(actor=actor, number=number), {"number": number or _("none")}
        if is_right:
            messages.success(request, _("Your staff number there: %(number)s. That is the one here.") % told)
        else:
            messages.error(request, _("Your staff number there: %(number)s. That is not the one here.") % told)
    return redirect("portal:provider", provider_id=provider.id)


def _same_person(request: HttpRequest, begun: Begun) -> Actor:
    """Return who began it; raise SignInBroken where somebody else is signed in by now."""
    if not request.user.is_authenticated or request.user.pk != begun.user:
        raise SignInBroken
    actor = actor_get(user_id=request.user.pk)
    if actor is None:
        raise NotStaff
    return actor


ARRIVALS = {Purpose.SIGN_IN: _sign_in, Purpose.LINK: _link, Purpose.TRIAL: _try}
