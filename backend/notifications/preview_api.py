"""The API of previews: the messages that an action would send and to whom."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.token_proof import proof_require
from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.notifications.previewing import action_preview
from backend.organisation.models import ContactChannel
from backend.organisation.serializers import PersonOutput
from backend.organisation.staff_view import StaffView
from backend.workflow.action_input import said_from
from backend.workflow.actions import BY_NAME
from backend.workflow.serializers import input_serializer


class WouldTellOutput(serializers.Serializer[Any]):
    """Somebody who would be told; without words where the reporter's name is not open to the reader."""

    person = PersonOutput(allow_null=True, help_text="Null for a reporter whose name is not open to the reader.")
    is_reporter = serializers.BooleanField()
    subject = serializers.CharField(source="message.subject")
    body = serializers.CharField(source="message.body")
    channels = serializers.ListField(child=serializers.ChoiceField(choices=ContactChannel.Kind.choices))


class TicketPreviewView(StaffView):
    """The messages an action would send, without taking it."""

    @extend_schema(operation_id="tickets_preview", request=OpenApiTypes.OBJECT, responses=WouldTellOutput(many=True))
    def post(self, request: Request, ticket_id: UUID, action: str) -> Response:
        """Answer with everybody who would be told; the body and the refusals are those of the action itself."""
        chosen = BY_NAME.get(action)
        if chosen is None or not chosen.is_for_people:
            raise NotFound
        if chosen.asks_proof:
            proof_require(request)

        def said() -> Any:
            given = input_serializer(chosen)(data=request.data)
            given.is_valid(raise_exception=True)
            return said_from(chosen.said, given.validated_data)

        found = action_preview(actor=self.actor, ticket_id=ticket_id, action=chosen, said=said, now=database_now())
        return Response(WouldTellOutput(found, many=True).data)
