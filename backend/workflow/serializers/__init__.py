"""Shapes of tickets in the API."""

from backend.workflow.serializers.acting import BulkInput, BulkOutput, input_serializer
from backend.workflow.serializers.events import TicketEventOutput, tickets_named
from backend.workflow.serializers.showing import TicketOutput, TicketRow, ticket_shown

__all__ = [
    "BulkInput",
    "BulkOutput",
    "TicketEventOutput",
    "TicketOutput",
    "TicketRow",
    "input_serializer",
    "ticket_shown",
    "tickets_named",
]
