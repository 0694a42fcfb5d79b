"""Every write to a ticket."""

from backend.workflow.services.acting import ActionInput, ticket_act
from backend.workflow.services.opening import TicketDraft, ticket_open
from backend.workflow.services.routing import ticket_route

__all__ = ["ActionInput", "TicketDraft", "ticket_act", "ticket_open", "ticket_route"]
