"""The API of tickets."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.errors import NotFound
from backend.common.idempotency import idempotent
from backend.common.preconditions import etag, require_match
from backend.organisation.staff_view import StaffView
from backend.workflow.filters import TicketFilters, ordering_of
from backend.workflow.models import Ticket
from backend.workflow.selectors import ticket_get, ticket_lock, tickets_visible, timeline
from backend.workflow.serializers import (
    USER_ACTIONS,
    ActionInputSerializer,
    BulkInput,
    BulkOutput,
    TicketEventOutput,
    TicketOutput,
    TicketRow,
)
from backend.workflow.services import ticket_act
from backend.workflow.services.bulk import tickets_act
from backend.workflow.states import BY_ACTION, Action


@extend_schema_view(get=extend_schema(operation_id="tickets_list"))
class TicketListView(StaffView, ListAPIView[Ticket]):
    """The tickets the signed-in person may see, those due first at the top unless asked for in another order.

    Exercises are among them, marked by `is_exercise`. A parameter that is not listed here is an error.
    """

    serializer_class = TicketRow
    filterset_class = TicketFilters

    @property
    def ordering(self) -> tuple[str, ...]:
        """The order of the pages."""
        return ordering_of(self.request.query_params)

    def get_queryset(self) -> QuerySet[Ticket]:
        """Return what the person may see."""
        return tickets_visible(actor=self.actor)


class TicketDetailView(StaffView):
    """One ticket; the ETag names its version."""

    answers_etag = True

    @extend_schema(operation_id="tickets_retrieve", responses=TicketOutput)
    def get(self, _request: Request, ticket_id: UUID) -> Response:
        """Answer with the ticket, or 404 for one that is not there for this person."""
        return ticket_response(self, ticket_get(actor=self.actor, ticket_id=ticket_id))


class TicketTimelineView(StaffView):
    """What happened to a ticket, first to last."""

    @extend_schema(operation_id="tickets_timeline", responses=TicketEventOutput(many=True))
    def get(self, _request: Request, ticket_id: UUID) -> Response:
        """Answer with every event."""
        ticket = ticket_get(actor=self.actor, ticket_id=ticket_id)
        events = timeline(ticket=ticket)
        return Response(TicketEventOutput(events, many=True, context={"ticket": ticket}).data)


class TicketActionView(StaffView):
    """Take an action on a ticket; `acknowledge` and `comment` need no If-Match, the others do."""

    uses_idempotency_key = True
    uses_if_match = True
    if_match_required = False
    answers_etag = True

    @extend_schema(
        operation_id="tickets_act",
        parameters=[OpenApiParameter("action", str, OpenApiParameter.PATH, enum=USER_ACTIONS)],
        request=ActionInputSerializer,
        responses=TicketOutput,
    )
    def post(self, request: Request, ticket_id: UUID, action: str) -> Response:
        """Answer with the ticket as it is afterwards; a refusal changes nothing."""

        def act(now: datetime) -> Response:
            ticket = ticket_lock(actor=self.actor, ticket_id=ticket_id)
            if action not in USER_ACTIONS:
                raise NotFound
            if BY_ACTION[Action(action)].checks_version:
                require_match(request, ticket.version)
            given = ActionInputSerializer(data=request.data)
            given.is_valid(raise_exception=True)
            done = ticket_act(actor=self.actor, ticket=ticket, action=Action(action), given=given.given(), now=now)
            return ticket_response(self, done)

        return idempotent(request, act)


class TicketBulkView(StaffView):
    """Take one action on many tickets; each succeeds or is refused by itself."""

    uses_idempotency_key = True

    @extend_schema(operation_id="tickets_bulk", request=BulkInput, responses={207: BulkOutput})
    def post(self, request: Request) -> Response:
        """Answer 207 with one outcome for each item, in their order."""

        def act(now: datetime) -> Response:
            given = BulkInput(data=request.data)
            given.is_valid(raise_exception=True)
            outcomes = tickets_act(
                actor=self.actor,
                items=given.bulk_items(),
                action=Action(given.validated_data["action"]),
                given=given.given(),
                now=now,
            )
            return Response(BulkOutput({"items": outcomes}).data, status=status.HTTP_207_MULTI_STATUS)

        return idempotent(request, act)


def ticket_response(view: StaffView, ticket: Ticket) -> Response:
    """Return a ticket with its entity tag."""
    body = TicketOutput(ticket, context={"actor": view.actor}).data
    return Response(body, headers={"ETag": etag(ticket.version)})
