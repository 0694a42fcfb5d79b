"""Shapes of tickets in the API."""

from backend.workflow.serializers.acting import USER_ACTIONS, ActionInputSerializer, BulkInput, BulkOutput
from backend.workflow.serializers.showing import TicketEventOutput, TicketOutput, TicketRow

__all__ = [
    "USER_ACTIONS",
    "ActionInputSerializer",
    "BulkInput",
    "BulkOutput",
    "TicketEventOutput",
    "TicketOutput",
    "TicketRow",
]
