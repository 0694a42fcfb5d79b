"""The sign-ins that a browser has begun at a provider, and what a session of a provider is called here."""

import hashlib
import secrets
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from backend.identity.errors import SignInBroken
from backend.identity.models import IdentityProvider

BEGUN = "begun_elsewhere"
GOOD_FOR = 900
MOST_BEGUN = 5
"""Tabs in which somebody has begun; beyond that the first is forgotten."""
Session = MutableMapping[str, Any]


class Purpose(StrEnum):
    """The reasons for which somebody signs in at a provider."""

    SIGN_IN = "sign_in"
    LINK = "link"
    TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that was begun: where and what for, what its answer has to be about, and where to go on to."""

    provider: str
    purpose: str
    nonce: str
    verifier: str
    onward: str
    until: float
    user: int | None = None
    """The account it is about, where somebody is signed in already."""


def begin(
    *,
    session: Session,
    provider: IdentityProvider,
    purpose: Purpose,
    onward: str,
    now: datetime,
    user_id: int | None = None,
) -> tuple[str, Begun]:
    """Keep a new sign-in in the browser's session; return its state, by which the answer is known again."""
    state = secrets.token_urlsafe(24)
    begun = Begun(
        str(provider.id),
        purpose,
        secrets.token_urlsafe(24),
        secrets.token_urlsafe(48),
        onward,
        now.timestamp() + GOOD_FOR,
        user_id,
    )
    kept = [*session.get(BEGUN, {}).items(), (state, asdict(begun))]
    session[BEGUN] = dict(kept[-MOST_BEGUN:])
    return state, begun


def begun_take(*, session: Session, provider: IdentityProvider, state: str, now: datetime) -> Begun:
    """Return what was begun under a state, this once; raise SignInBroken."""
    kept = dict(session.get(BEGUN, {}))
    found = kept.pop(state, None)
    session[BEGUN] = kept
    if found is None or found["provider"] != str(provider.id) or now.timestamp() >= found["until"]:
        raise SignInBroken
    return Begun(**found)


def session_mark(*, provider: IdentityProvider, session: str) -> str:
    """Return what a session of a provider is stored as: its name is the provider's secret."""
    return hashlib.sha256(f"{provider.id}\n{session}".encode()).hexdigest()
