"""Signed links sent by mail: nothing is stored for them, they end at an instant, and what they say cannot be changed.

A link is made at the moment its mail is sent, so that it lies in no table and no log. That it works once is seen to by
what it names: a state that using it ends.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from backend.common.errors import DomainError

LONGEST_TOKEN = 1000


class LinkDead(DomainError):
    """The link is too old, was used already, or is not one of ours."""

    code = "link_dead"
    status = 410
    title = _("This link does not work (any more). It has expired, was used already, or is not complete.")


def link_digest(*, token: str) -> str:
    """Return the hash under which a random token is stored; it is long, so that no key is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_token(*, purpose: str, content: Mapping[str, Any], expires_at: datetime) -> str:
    """Return a token for one purpose, good until an instant."""
    return _signer(purpose).sign_object({**content, "until": int(expires_at.timestamp())})


def link_content(*, purpose: str, token: str, now: datetime) -> dict[str, Any]:
    """Return what a token of this purpose says; raise LinkDead."""
    try:
        content: dict[str, Any] = _signer(purpose).unsign_object(token[:LONGEST_TOKEN])
    except (BadSignature, ValueError) as error:
        raise LinkDead from error
    if now.timestamp() >= content["until"]:
        raise LinkDead
    return content


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"allclear.link.{purpose}")
