"""The private address of one's own duty calendar: made, replaced and taken back by its person alone."""

import secrets
from datetime import datetime

from backend.duty.feed_tokens import feed_digest
from backend.duty.models import DutyFeed
from backend.organisation.actors import Actor


def feed_make(*, actor: Actor, now: datetime) -> str:
    """Make the actor's feed, or give it a new address after which the one before is dead; return the token, once."""
    token = secrets.token_urlsafe(32)
    feed_put(actor=actor, token=token, now=now)
    return token


def feed_put(*, actor: Actor, token: str, now: datetime) -> None:
    """Let a token be that of the actor's feed; the one before is dead."""
    DutyFeed.objects.update_or_create(
        person_id=actor.person_id, defaults={"token_digest": feed_digest(token), "created_at": now}
    )


def feed_take_back(*, actor: Actor) -> None:
    """Switch the address of the actor's feed off; nothing happens where there is none."""
    DutyFeed.objects.filter(person_id=actor.person_id).delete()
