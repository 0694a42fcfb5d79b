"""Tickets of somebody who leaves: they go back to their office, where somebody else takes them on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.organisation.actors import SYSTEM
from backend.organisation.roles import Role
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.models import Ticket, TicketGrant
from backend.workflow.recipients import Audience
from backend.workflow.selectors import tickets_assigned_to, tickets_lock
from backend.workflow.system_events import ASSIGNEE_LEFT


@transaction.atomic(savepoint=False)
def tickets_let_go(*, person_id: UUID, now: datetime) -> list[Ticket]:
    """Take every open ticket from its assignee and tell whoever is reached in the office; return the tickets.

    A confidential one goes to the protection lead. Nobody's view is asked: whoever enters that somebody leaves need not
    know of the tickets.
    """
    held = tickets_assigned_to(person_ids=[person_id]).values_list("id", flat=True)
    tickets = [ticket for ticket in tickets_lock(ticket_ids=list(held)) if ticket.assignee_id == person_id]
    if not tickets:
        return []
    audience = Audience(tickets=tickets, now=now)
    changes_store(changes=[_let_go(ticket, audience, person_id, now) for ticket in tickets], now=now)
    return tickets


def _let_go(ticket: Ticket, audience: Audience, person_id: UUID, now: datetime) -> TicketChange:
    change = TicketChange(ticket=ticket, by=SYSTEM, now=now)
    ticket.assignee_id = None
    role = Role.PROTECTION_LEAD if ticket.confidentiality == Confidentiality.K2 else Role.HANDLER
    reached = audience.in_role(ticket, role, besides={person_id})
    change.opens_to([reached], TicketGrant.Reason.UNREACHED)
    change.says(assignee=str(person_id))
    change.tells(reached.people)
    change.settle(ASSIGNEE_LEFT)
    return change
