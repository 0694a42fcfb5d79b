"""The API of how long each office had a ticket in hand."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.organisation.serializers import UnitOutput
from backend.organisation.staff_view import StaffView
from backend.workflow.hands import hands_of
from backend.workflow.selectors import ticket_get
from backend.workflow.services.opening_log import ticket_opened


class HandOutput(serializers.Serializer[Any]):
    """An office that had the ticket in hand, from when until when, and for how many seconds by now."""

    office = UnitOutput()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True, help_text="Null while it has it.")
    seconds = serializers.IntegerField()


class TicketHandsView(StaffView):
    """The offices that had a ticket in hand."""

    @extend_schema(operation_id="tickets_hands", responses=HandOutput(many=True))
    def get(self, _request: Request, ticket_id: UUID) -> Response:
        """Answer with each stretch of time in which an office had it, first to last; none while it was over."""
        ticket, now = ticket_get(actor=self.actor, ticket_id=ticket_id), database_now()
        ticket_opened(actor=self.actor, ticket=ticket, now=now)
        return Response(HandOutput(hands_of(ticket=ticket, now=now), many=True).data)
