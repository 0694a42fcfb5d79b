"""The record of who opened confidential tickets."""

from datetime import datetime

from backend.organisation.actors import Actor
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import Ticket, TicketOpening


def ticket_opened(*, actor: Actor, ticket: Ticket, now: datetime, is_paper: bool = False) -> None:
    """Record that somebody reads a ticket that is or was confidential, or draws it as a paper, once an hour each."""
    if ticket.seal == Confidentiality.K0:
        return
    opening = TicketOpening(
        ticket=ticket,
        school_id=ticket.school_id,
        person_id=actor.person_id,
        hour=now.replace(minute=0, second=0, microsecond=0),
        opened_at=now,
        is_paper=is_paper,
    )
    TicketOpening.objects.bulk_create([opening], ignore_conflicts=True)
