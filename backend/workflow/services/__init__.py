"""Every write to a ticket."""

from backend.workflow.services.acting import ticket_act
from backend.workflow.services.amending import ticket_amend
from backend.workflow.services.opening import TicketDraft, ticket_open
from backend.workflow.services.recomputing import calendar_changed, recompute_stale, tickets_recompute
from backend.workflow.services.routing import ticket_route
from backend.workflow.services.saying import ActionInput
from backend.workflow.services.waiting import ticket_wait_over

__all__ = [
    "ActionInput",
    "TicketDraft",
    "calendar_changed",
    "recompute_stale",
    "ticket_act",
    "ticket_amend",
    "ticket_open",
    "ticket_route",
    "ticket_wait_over",
    "tickets_recompute",
]
