"""The API of tickets."""

from datetime import datetime
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.token_proof import proof_require
from backend.common.clock import database_now
from backend.common.idempotency import idempotent
from backend.common.preconditions import etag, require_match
from backend.organisation.scopes import Scope
from backend.organisation.staff_view import StaffView
from backend.workflow.action import Action
from backend.workflow.action_input import said_from
from backend.workflow.actions import FOR_PEOPLE
from backend.workflow.filters import TicketFilters, following_since, ordering_of
from backend.workflow.following import TicketPagination
from backend.workflow.gone import tickets_gone
from backend.workflow.models import Ticket
from backend.workflow.selectors import (
    assignee_read,
    outcomes_still_shown,
    ticket_get,
    ticket_still_shown,
    tickets_visible,
    timeline,
)
from backend.workflow.serializers import (
    BulkInput,
    BulkOutput,
    TicketEventOutput,
    TicketOutput,
    TicketRow,
    input_serializer,
    ticket_shown,
    tickets_named,
)
from backend.workflow.services import ticket_act_on
from backend.workflow.services.bulk import tickets_act
from backend.workflow.services.opening_log import ticket_opened


@extend_schema_view(get=extend_schema(operation_id="tickets_list"))
class TicketListView(StaffView, ListAPIView[Ticket]):
    """The tickets the signed-in person may see, those due first at the top unless asked for in another order.

    Exercises are among them, marked by `is_exercise`. A parameter that is not listed here is an error.
    """

    serializer_class = TicketRow
    scope = {"get": Scope.TICKETS_READ}
    filterset_class = TicketFilters
    pagination_class = TicketPagination

    @property
    def ordering(self) -> tuple[str, ...]:
        """The order of the pages."""
        return ordering_of(self.request.query_params)

    def get_queryset(self) -> QuerySet[Ticket]:
        """Return what the person may see."""
        return tickets_visible(actor=self.actor)

    def get_paginated_response(self, data: Any) -> Response:
        """Add what is gone to the first page of a list of changes."""
        since = following_since(self.request.query_params)
        answer = super().get_paginated_response(data)
        if since is not None:
            answer.data["gone"] = tickets_gone(actor=self.actor, since=since)
        return answer


class TicketDetailView(StaffView):
    """One ticket; the ETag names its version."""

    scope = {"get": Scope.TICKETS_READ}
    answers_etag = True

    @extend_schema(operation_id="tickets_retrieve", responses=TicketOutput)
    def get(self, _request: Request, ticket_id: UUID) -> Response:
        """Answer with the ticket, or 404 for one that is not there for this person."""
        return ticket_response(self, ticket_get(actor=self.actor, ticket_id=ticket_id), database_now())


class TicketTimelineView(StaffView):
    """The events of a ticket, first to last."""

    scope = {"get": Scope.TICKETS_READ}

    @extend_schema(operation_id="tickets_timeline", responses=TicketEventOutput(many=True))
    def get(self, _request: Request, ticket_id: UUID) -> Response:
        """Answer with every event."""
        ticket = ticket_get(actor=self.actor, ticket_id=ticket_id)
        ticket_opened(actor=self.actor, ticket=ticket, now=database_now())
        events = timeline(ticket=ticket)
        context = {"ticket": ticket, "actor": self.actor, "known": tickets_named(events=events, actor=self.actor)}
        return Response(TicketEventOutput(events, many=True, context=context).data)


class TicketActionView(StaffView):
    """Take one action on a ticket; `action_views` makes a view of it for each action."""

    taken: ClassVar[Action[Any]]
    uses_idempotency_key = True
    answers_etag = True

    def post(self, request: Request, ticket_id: UUID) -> Response:
        """Answer with the ticket as it is afterwards; a refusal changes nothing."""
        if self.taken.asks_proof:
            proof_require(request)

        def said() -> Any:
            given = input_serializer(self.taken)(data=request.data)
            given.is_valid(raise_exception=True)
            return said_from(self.taken.said, given.validated_data)

        def act(now: datetime) -> Response:
            ticket = ticket_act_on(
                actor=self.actor,
                ticket_id=ticket_id,
                action=self.taken,
                said=said,
                expects=partial(require_match, request),
                now=now,
            )
            return ticket_response(self, ticket, now)

        return idempotent(request, act, still_shown=lambda body: ticket_still_shown(actor=self.actor, body=body))


def action_views() -> dict[str, type[TicketActionView]]:
    """Return a view for each action that people take, by the action's name."""
    return {action.name: _action_view(action) for action in FOR_PEOPLE}


def _action_view(action: Action[Any]) -> type[TicketActionView]:
    members = {
        "__doc__": f"Take the action `{action.name}` on a ticket.",
        "taken": action,
        "uses_if_match": action.checks_version,
    }
    view = type(f"Ticket{action.name.title().replace('-', '')}View", (TicketActionView,), members)
    described = extend_schema(
        operation_id=f"tickets_{action.name.replace('-', '_')}",
        summary=action.name.replace("-", " ").capitalize(),
        request=input_serializer(action),
        responses=TicketOutput,
    )
    return extend_schema_view(post=described)(view)


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
                action=given.chosen(),
                said=given.given(),
                now=now,
            )
            return Response(BulkOutput({"items": outcomes}).data, status=status.HTTP_207_MULTI_STATUS)

        return idempotent(request, act, still_shown=lambda body: outcomes_still_shown(actor=self.actor, body=body))


def ticket_response(view: StaffView, ticket: Ticket, now: datetime) -> Response:
    """Return a ticket as it is at an instant, with its entity tag; that a confidential one was opened is recorded."""
    ticket_opened(actor=view.actor, ticket=ticket, now=now)
    assignee_read(ticket=ticket, actor=view.actor)
    return Response(ticket_shown(ticket=ticket, actor=view.actor, now=now), headers={"ETag": etag(ticket.version)})
