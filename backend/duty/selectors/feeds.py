"""The duty of one person, for their calendar; and whose feed an address is."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, NotFound
from backend.duty.feed_tokens import feed_digest
from backend.duty.models import DutyFeed, DutySlot
from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.organisation.selectors.people import appointments_in_force

SHOWN_BACK, MOST_SHOWN = timedelta(days=31), 1000


def duty_slots_of(*, person_id: UUID, now: datetime) -> QuerySet[DutySlot]:
    """Return somebody's own slots that are not over, or ended in the last month, the first to begin first."""
    slots = DutySlot.objects.filter(person=person_id, shift__ends_at__gt=now - SHOWN_BACK)
    return slots.select_related("shift__place", "shift__school").order_by("shift__starts_at", "id")[:MOST_SHOWN]


def feed_exists(*, actor: Actor) -> bool:
    """Say whether the actor has a feed."""
    return DutyFeed.objects.filter(person=actor.person_id).exists()


def feed_made_at(*, actor: Actor) -> datetime | None:
    """Return when the actor's feed was made; None where there is none."""
    return DutyFeed.objects.filter(person=actor.person_id).values_list("created_at", flat=True).first()


class FeedAddressDead(Conflict):
    """The address that a request made was taken back, or replaced, before the request was repeated."""

    code = "feed_address_dead"
    title = _("This address no longer works. Send a new Idempotency-Key to make another.")


def feed_check(*, actor: Actor, token: str) -> None:
    """Raise FeedAddressDead unless a token is that of the actor's feed."""
    if not DutyFeed.objects.filter(person=actor.person_id, token_digest=feed_digest(token)).exists():
        raise FeedAddressDead


def feed_person(*, token: str, now: datetime) -> Person:
    """Return whose duty a token opens; raise NotFound for any other, a closed account, or somebody without a post."""
    feeds = DutyFeed.objects.select_related("person__user", "person__school").exclude(person__user__is_active=False)
    feed = feeds.filter(token_digest=feed_digest(token)).first()
    if feed is None or not appointments_in_force(at=now).filter(person=feed.person_id).exists():
        raise NotFound
    return feed.person
