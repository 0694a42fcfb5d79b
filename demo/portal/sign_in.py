"""Signing in and out at the portal: once for its own pages, for OpenID Connect and for CAS."""

import time
from typing import Any
from uuid import uuid4

import requests
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token
from cas_server.views import LoginView, LogoutMixin
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_required, user_passes_test
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from joserfc import jwt
from joserfc.jwk import RSAKey

from demo.portal.folder import school
from demo.portal.people import CLIENT_ID

ENDED = "http://schemas.openid.net/event/backchannel-logout"
SECONDS = 20


def administers(user: Any) -> bool:
    """Say whether somebody administers the portal."""
    return bool(user.is_active and user.is_staff)


administrators_only = user_passes_test(administers)
"""Opens a page only to whoever administers the portal."""


def sign_in(request: HttpRequest) -> HttpResponse:
    """Let somebody in by staff number and password, and lead them on to where they came from."""
    onward = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}):
        onward = "/"
    number, password = request.POST.get("number", "").strip(), request.POST.get("password", "")
    user = authenticate(request, username=number, password=password) if request.method == "POST" else None
    if user is None:
        context = {"onward": onward, "number": number, "is_refused": request.method == "POST"}
        return render(request, "portal/sign_in.html", context, status=403 if context["is_refused"] else 200)
    login(request, user)
    at_cas = LoginView()
    at_cas.request = request
    at_cas.user_login(user.get_username(), warn=False)
    return redirect(onward)


@login_required
def cas_login(request: HttpRequest) -> HttpResponse:
    """Give the system that asks its ticket; whoever is not signed in signs in on the portal's own page first."""
    answer: HttpResponse = LoginView.as_view()(request)
    return answer


class _CasSession(LogoutMixin):  # type: ignore[misc]
    def __init__(self, request: HttpRequest) -> None:
        self.request = request


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here, and have every system that let somebody in by it told."""
    if request.user.pk is not None:
        back_channel_tell(request.user.pk)
        _CasSession(request).logout()
    logout(request)
    return redirect("/")


def back_channel_tell(user_id: int) -> None:
    """Tell Allclear that somebody's sessions ended, where they came to it by OpenID Connect."""
    if not Token.objects.filter(user=user_id, client_id=CLIENT_ID).exists():
        return
    key, now = RSAKey.import_key(school()["oidc_key"]), int(time.time())
    claims: dict[str, Any] = {
        "iss": get_adapter().get_issuer(),
        "aud": CLIENT_ID,
        "sub": str(user_id),
        "iat": now,
        "exp": now + 120,
        "jti": str(uuid4()),
        "events": {ENDED: {}},
    }
    token = jwt.encode({"alg": "RS256", "kid": key.thumbprint()}, claims, key)
    requests.post(school()["oidc_ended"], {"logout_token": token}, timeout=SECONDS)
