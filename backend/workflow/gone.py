"""The tickets that left a reader's sight since an instant, so that whoever keeps a copy of a list can drop them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Prefetch, Q
from django.db.models.functions import Now

from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.workflow.models import SightChange, TicketGrant, TicketParticipant
from backend.workflow.policy import BY_GRANT, Part
from backend.workflow.relations import opened_to
from backend.workflow.sight import tickets_known

MOST_GONE = 1000
"""Whoever follows changes so rarely that more have left reads the list anew."""


def tickets_gone(*, actor: Actor, since: datetime) -> list[UUID]:
    """Return the tickets that the actor, with the posts held now, saw before a change since then and does not see now.

    The latest thousand changes count, and none before the actor's last post began: what it would have opened then was
    never seen. Three statements, one more for those who may have grants.
    """
    seen = {change.ticket_id for change in _changes(actor, _since_posts(actor, since)) if _was_seen(actor, change)}
    return sorted(seen - set(tickets_known(actor=actor).filter(id__in=seen).values_list("id", flat=True)))


def _since_posts(actor: Actor, since: datetime) -> datetime:
    """Return when the last of the actor's posts and shifts began, or the instant itself if they began before."""
    begun = Person.objects.filter(id=actor.person_id).aggregate(
        post=Max("appointments__starts_at", filter=Q(appointments__starts_at__lte=Now())),
        shift=Max("duty_slots__shift__starts_at", filter=Q(duty_slots__shift__starts_at__lte=Now())),
    )
    latest: datetime = max([since, *(at for at in begun.values() if at is not None)])
    return latest


def _changes(actor: Actor, since: datetime) -> Sequence[SightChange]:
    near = Q(school=actor.school_id) if actor.school_id else Q(school__bureau=actor.bureau_id)
    concerned = TicketParticipant.objects.filter(ticket=OuterRef("ticket"), person=actor.person_id)
    changes = SightChange.objects.filter(near, ~Exists(concerned), at__gte=since).select_related("ticket", "school")
    if actor.holds(*BY_GRANT):
        own = TicketGrant.objects.filter(person=actor.person_id)
        changes = changes.prefetch_related(Prefetch("ticket__grants", own))
    return list(changes.order_by("-at", "-id")[:MOST_GONE])


def _was_seen(actor: Actor, change: SightChange) -> bool:
    """Say whether the actor knew of the ticket while it was as the change found it."""
    before = change.ticket
    before.school = change.school
    before.confidentiality = change.confidentiality
    before.owner_id, before.assignee_id = change.owner_id, change.assignee_id
    return Part.TICKET in opened_to(actor=actor, ticket=before, at=change.at)
