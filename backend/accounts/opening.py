"""Opening a session of the pages or a token of the API for somebody who has proved who they are."""

import time
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from rest_framework.request import Request

from backend.accounts.device_words import device_words
from backend.accounts.devices import source_of
from backend.accounts.models import User
from backend.accounts.services.news import News, account_news_add
from backend.accounts.services.sign_ins import (
    IssuedToken,
    Place,
    Through,
    half_record,
    session_record,
    sign_in_used,
    token_issue,
)
from backend.common.client_address import network_words
from backend.common.clock import database_now

BACKEND = "django.contrib.auth.backends.ModelBackend"
HALF = "half"
HALF_GOOD_FOR = 600
NOTED_EVERY = 600.0
USED_AT = "used_at"
PROVED_AT = "proved_at"
THROUGH = "through"


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody who has yet to give the second factor: where they go on to, and by which other system they came."""

    user: User
    onward: str
    through: Through | None


def place_of(request: HttpRequest | Request) -> Place:
    """Return where a request comes from, in words."""
    return Place(device_words(str(request.META.get("HTTP_USER_AGENT", ""))), network_words(request))


def session_open(
    *,
    request: HttpRequest,
    user: User,
    now: datetime,
    is_first: bool = False,
    through: Through | None = None,
    is_proof: bool = True,
) -> None:
    """Sign somebody in at the pages, and tell them where they have not signed in before; not at their first time.

    `is_proof`: they typed a password or a code just now; another system may have let them in hours ago.
    """
    is_known = is_first or source_of(request=request, username=user.username).is_known
    request.session.pop(HALF, None)
    request.session.set_expiry(None)  # one that was begun for a sign-in elsewhere is kept for minutes
    login(request, user, backend=BACKEND)
    request.session.pop(THROUGH, None)
    if through is not None:
        request.session[THROUGH] = asdict(through)
    _record(request, user, now, is_proof=is_proof)
    if not is_known:
        _tell(request, user, now)


def factor_wait(
    *, request: HttpRequest, user: User, onward: str, now: datetime, through: Through | None = None
) -> None:
    """Keep who typed the right password, or signed in elsewhere, until the second factor follows; they are not in."""
    request.session[HALF] = {
        "user": user.pk,
        "mark": user.get_session_auth_hash(),
        "until": now.timestamp() + HALF_GOOD_FOR,
        "onward": onward,
        "through": asdict(through) if through is not None else None,
    }
    if through is not None:
        half_record(user=user, session_key=_saved_key(request), through=through)


def factor_waits_for(*, request: HttpRequest, now: datetime) -> Half | None:
    """Return who has to give the second factor now; None after ten minutes."""
    half = request.session.get(HALF)
    if half is None or now.timestamp() >= half["until"]:
        return None
    user = User.objects.filter(pk=half["user"], is_active=True, second_factor_at__isnull=False).first()
    if user is None or half["mark"] != user.get_session_auth_hash():
        return None
    return Half(user, half["onward"], _through(half))


def through_of(*, request: HttpRequest) -> Through | None:
    """Return by which other system the session was opened; None for one that was opened here."""
    return _through(request.session)


def _through(kept: Any) -> Through | None:
    found = kept.get(THROUGH)
    return Through(**found) if found else None


def session_use(*, request: HttpRequest) -> None:
    """Note that a recorded session is in use, at most once in ten minutes; one that carries no such instant is left."""
    if time.time() - request.session.get(USED_AT, float("inf")) > NOTED_EVERY:
        now = database_now()
        request.session[USED_AT] = now.timestamp()
        sign_in_used(session_key=request.session.session_key, now=now)


def session_keep(*, request: HttpRequest, user: User, now: datetime) -> None:
    """Keep this session open beyond a new password, under a new key."""
    update_session_auth_hash(request, user)
    _record(request, user, now)


def token_open(*, request: Request, user: User, now: datetime) -> IssuedToken:
    """Give somebody a token, and tell them where none was given before."""
    place = place_of(request)
    is_known = source_of(request=request, username=user.username).is_known
    is_known = is_known or user.sign_ins.filter(device=place.device, network=place.network).exists()
    issued = token_issue(user=user, now=now, place=place)
    user_logged_in.send(sender=type(user), request=request, user=user)
    if not is_known:
        _tell(request, user, now)
    return issued


def _record(request: HttpRequest, user: User, now: datetime, *, is_proof: bool = True) -> None:
    request.session[USED_AT] = now.timestamp()
    request.session[PROVED_AT] = now.timestamp() if is_proof else 0.0
    key, through = _saved_key(request), through_of(request=request)
    session_record(user=user, session_key=key, place=place_of(request), now=now, through=through)


def _saved_key(request: HttpRequest) -> str:
    """Store the session, and return the key under which it is."""
    request.session.save()
    key = request.session.session_key
    if key is None:
        raise AssertionError("a session that was saved has a key")
    return key


def _tell(request: HttpRequest | Request, user: User, now: datetime) -> None:
    place = place_of(request)
    account_news_add(user=user, what=News.NEW_DEVICE, now=now, device=place.device, network=place.network)
