"""Signing somebody in at the pages once they have proved who they are: session, language, and the device."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from backend.accounts.devices import device_remember
from backend.accounts.models import User
from backend.accounts.opening import session_open
from backend.accounts.services import user_choose_language
from backend.common.clock import database_now
from backend.portal.language import with_language

CHOSEN = "language_chosen"


def signed_in(request: HttpRequest, user: User, onward: str) -> HttpResponse:
    """Open the session and go on to the page that was asked for."""
    chosen = request.session.get(CHOSEN)
    session_open(request=request, user=user, now=database_now())
    if chosen:
        user_choose_language(user=user, language=chosen)
    response = with_language(redirect(onward), user.language)
    device_remember(request=request, response=response, username=user.username)
    return response
