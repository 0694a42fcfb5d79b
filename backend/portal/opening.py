"""Signing somebody in at the pages once they have proved who they are: session, language, device, and where next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from backend.accounts.devices import device_remember
from backend.accounts.models import User
from backend.accounts.opening import session_open
from backend.accounts.services import user_choose_language
from backend.accounts.services.sign_ins import Through
from backend.common.clock import database_now
from backend.portal.language import with_language

CHOSEN = "language_chosen"


def signed_in(
    request: HttpRequest, user: User, onward: str, *, through: Through | None = None, is_proof: bool = True
) -> HttpResponse:
    """Open the session and go on to the page that was asked for; `through` is the other system that let them in."""
    chosen = request.session.get(CHOSEN)
    session_open(request=request, user=user, now=database_now(), through=through, is_proof=is_proof)
    if chosen:
        user_choose_language(user=user, language=chosen)
    response = with_language(redirect(onward), user.language)
    device_remember(request=request, response=response, username=user.username)
    return response


def safe_path(request: HttpRequest, address: str | None) -> str:
    """Return the path of a page of this site, else of the home page."""
    # What begins otherwise is looked up among the names of views when we redirect, and fails there.
    path = address if address and address.startswith("/") else "/"
    hosts, secure = {request.get_host()}, request.is_secure()
    return path if url_has_allowed_host_and_scheme(path, hosts, require_https=secure) else "/"
