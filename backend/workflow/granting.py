"""Opening a ticket to people who are told of it in another's place, and closing it to them again."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from backend.duty.reach import Reached
from backend.workflow.models import Ticket, TicketGrant
from backend.workflow.policy import needs_grant


def grants_for(
    *, ticket: Ticket, answers: Iterable[Reached], reason: TicketGrant.Reason, now: datetime
) -> list[TicketGrant]:
    """Return a grant, not stored yet, for each person found in a role that does not open the ticket by itself."""
    found = {
        person: answer.role
        for answer in answers
        for person in answer.people
        if answer.role and needs_grant(role=answer.role, confidentiality=ticket.confidentiality, level=ticket.level)
    }
    return [TicketGrant(ticket=ticket, person_id=p, role=role, reason=reason, since=now) for p, role in found.items()]


def grants_store(*, grants: Sequence[TicketGrant]) -> None:
    """Store grants; one that stands already stays as it is. No statement where there is none."""
    if grants:
        TicketGrant.objects.bulk_create(grants, ignore_conflicts=True)


def grants_withdraw(*, ticket: Ticket, now: datetime) -> None:
    """Close a ticket to everybody to whom it was opened."""
    TicketGrant.objects.filter(ticket=ticket, until=None).update(until=now)
