"""Reads of the access log."""

from django.db.models import Exists, OuterRef, QuerySet

from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.workflow.models import TicketOpening, TicketParticipant


def openings_visible(*, actor: Actor) -> QuerySet[TicketOpening]:
    """Return who opened confidential tickets of the actor's school; raise the permission's error.

    Nothing shows of a ticket that concerns the actor.
    """
    actor.require(Permission.ACCESS_LOG_READ)
    concerned = TicketParticipant.objects.filter(ticket=OuterRef("ticket"), person=actor.person_id)
    openings = TicketOpening.objects.filter(~Exists(concerned), school=actor.school_scope)
    return openings.select_related("ticket", "person")
