"""Noting by which round a ticket was found."""

from datetime import datetime
from uuid import UUID

from backend.organisation.actors import Actor
from backend.rounds.models import RoundTicket
from backend.rounds.selectors.findings import Found


def finding_note(*, actor: Actor, found: Found, ticket_id: UUID, now: datetime) -> None:
    """Note that the actor opened a ticket about what a round found, once however often it is sent."""
    line = found.item.key if found.item else ""
    said = {
        "kind": RoundTicket.Kind.FINDING,
        "line": line,
        "visit": found.visit,
        "by_id": actor.person_id,
        "at": now,
    }
    RoundTicket.objects.get_or_create(round=found.row, ticket_id=ticket_id, defaults=said)
