"""Devices that somebody has signed in at: a signed cookie says so, and nothing is stored for it.

Wrong passwords of strangers slow down strangers. Who signs in where they did before has tries of their own.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, dumps, loads
from django.http import HttpRequest, HttpResponseBase
from rest_framework.request import Request

from backend.accounts.models import username_normalised
from backend.common.client_address import source_address, wider_source

COOKIE = "device"
SALT = "allclear.device"
GOOD_FOR = 400 * 24 * 3600
MOST_PEOPLE = 12
"""People whom one device remembers, as in a staff room; beyond that whoever signed in first is forgotten."""


@dataclass(frozen=True, slots=True)
class Source:
    """The device or address that tries come from; a device is known for those who have signed in at it."""

    name: str
    is_known: bool
    network: str = ""
    """The network of IPv6 in which one customer can choose among very many addresses; else empty."""


def source_of(*, request: HttpRequest | Request, username: str) -> Source:
    """Return what to count tries under one name by."""
    device = _device(request)
    if _mark(username) in device["people"]:
        return Source(f"device:{device['id']}", is_known=True)
    wider = wider_source(request)
    return Source(f"address:{source_address(request)}", is_known=False, network=f"network:{wider}" if wider else "")


def device_remember(*, request: HttpRequest | Request, response: HttpResponseBase, username: str) -> None:
    """Make the device one that this person is known at."""
    device = _device(request)
    mark = _mark(username)
    people = [*(known for known in device["people"] if known != mark), mark][-MOST_PEOPLE:]
    response.set_cookie(
        COOKIE,
        dumps({"id": device["id"], "people": people}, salt=SALT),
        max_age=GOOD_FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _device(request: HttpRequest | Request) -> dict[str, Any]:
    try:
        device: dict[str, Any] = loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=GOOD_FOR)
    except BadSignature:
        return {"id": secrets.token_urlsafe(12), "people": []}
    return device


def _mark(username: str) -> str:
    return hashlib.sha256(username_normalised(username).encode()).hexdigest()[:16]
