"""Reads of notices; each person reads their own."""

from django.db.models import QuerySet

from backend.notifications.models import Notice
from backend.organisation.actors import Actor


def notices_of(*, actor: Actor) -> QuerySet[Notice]:
    """Return what the actor was told, newest first."""
    return Notice.objects.filter(person=actor.person_id).select_related("ticket__place").order_by("-created_at", "id")


def unread_count(*, actor: Actor) -> int:
    """Return how many notices the actor has not seen, counted to 100."""
    return Notice.objects.filter(person=actor.person_id, read_at__isnull=True)[:100].count()
