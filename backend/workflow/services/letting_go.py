"""Tickets of somebody who leaves: they go back to their office, and what a leader adopted is adopted no more."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.organisation.actors import SYSTEM
from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName, Confidentiality
from backend.workflow.action import Told
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.facts import parts_open
from backend.workflow.ledger import EventType
from backend.workflow.models import PartOutcome, Ticket, TicketGrant, TicketPart
from backend.workflow.recipients import Audience, called_in
from backend.workflow.selectors import tickets_assigned_to, tickets_lock
from backend.workflow.system_events import ADOPTER_LEFT, ASSIGNEE_LEFT

TOLD_OF_ADOPTER = Told(assignee=True, role=Role.OFFICE_HEAD)


@transaction.atomic(savepoint=False)
def tickets_let_go(*, person_id: UUID, now: datetime) -> list[Ticket]:
    """Take every open ticket from its assignee or the leader who adopted it, and tell whoever goes on; return them.

    A confidential one goes to the protection lead. Nobody's view is asked: whoever enters that somebody leaves need not
    know of the tickets.
    """
    held = set(tickets_assigned_to(person_ids=[person_id]).values_list("id", flat=True))
    adopted = TicketPart.objects.filter(kind=ClockName.ADOPTION, person=person_id, ended_at=None)
    tickets = tickets_lock(ticket_ids=sorted(held | set(adopted.values_list("ticket", flat=True))))
    if not tickets:
        return []
    audience = Audience(tickets=tickets, now=now)
    changes = [change for ticket in tickets if (change := _let_go(ticket, audience, person_id, now))]
    changes_store(changes=changes, now=now)
    return [change.ticket for change in changes]


def _let_go(ticket: Ticket, audience: Audience, person_id: UUID, now: datetime) -> TicketChange | None:
    change = TicketChange(ticket=ticket, by=SYSTEM, now=now)
    adopted = parts_open(change.situation, ClockName.ADOPTION)
    adoption = next((part for part in adopted if part.person_id == person_id), None)
    if adoption is not None:
        change.ends(adoption, outcome=PartOutcome.WITHDRAWN)
        change.tells(audience.of_action(ticket, TOLD_OF_ADOPTER, person_id))
        change.tells(_leaders(ticket, audience, person_id))
    if ticket.assignee_id != person_id:
        return _settled(change, ADOPTER_LEFT, adopter=str(person_id), part=str(adoption.id)) if adoption else None
    ticket.assignee_id = None
    role = Role.PROTECTION_LEAD if ticket.confidentiality == Confidentiality.K2 else Role.HANDLER
    reached = audience.in_role(ticket, role, besides={person_id})
    change.opens_to([reached], TicketGrant.Reason.UNREACHED)
    change.tells(reached.people)
    return _settled(change, ASSIGNEE_LEFT, assignee=str(person_id))


def _leaders(ticket: Ticket, audience: Audience, person_id: UUID) -> set[UUID]:
    """Return who else leads the school, as far as they know of the ticket: of a confidential one nobody."""
    if ticket.confidentiality == Confidentiality.K2:
        return set()
    reached = audience.in_role(ticket, Role.PRINCIPAL, besides={person_id})
    return {*reached.people} - {*called_in([reached])}


def _settled(change: TicketChange, event: EventType, **said: str) -> TicketChange:
    change.says(**said)
    change.settle(event)
    return change
