"""Marking notices as read: by hand, or because their reader opened what they are about."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from backend.notifications.models import Notice
from backend.notifications.selectors import notice_get, unread_count
from backend.organisation.actors import Actor


def notices_mark_read(*, actor: Actor, now: datetime, notice_ids: Collection[UUID] | None = None) -> None:
    """Mark these notices of the actor as read, or (None) all that they had been told by `now`."""
    _mark(actor, Q(created_at__lte=now) if notice_ids is None else Q(id__in=notice_ids), now)


def notices_mark_until(*, actor: Actor, notice_id: UUID, now: datetime) -> int:
    """Mark a notice of the actor and all older ones as read; return how many are unread now; raise NotFound."""
    newest = notice_get(actor=actor, notice_id=notice_id)
    _mark(actor, Q(created_at__lte=newest.created_at), now)
    return unread_count(actor=actor)


def notices_mark_seen(*, actor: Actor, ticket_id: UUID, now: datetime) -> None:
    """Mark what the actor was told about a ticket as read, because they have it before them."""
    _mark(actor, Q(ticket=ticket_id, created_at__lte=now), now)


def _mark(actor: Actor, chosen: Q, now: datetime) -> None:
    Notice.objects.filter(chosen, person=actor.person_id, read_at__isnull=True).update(read_at=now)
