"""The API of sweeps: asking whether what was found at one place is so at others."""

from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.common.idempotency import idempotent
from backend.organisation.staff_view import StaffView
from backend.rounds.selectors.showing import round_get
from backend.rounds.selectors.sweeps import sweeps_of
from backend.rounds.selectors.tickets import round_still_shown
from backend.rounds.serializers import RoundOutput, RoundRow
from backend.rounds.services.sweeping import sweep_ask
from backend.rounds.sweep_shapes import SweepInput, sweep_read
from backend.workflow.selectors import ticket_get_now
from backend.workflow.services.opening_log import ticket_opened


class TicketSweepsView(StaffView):
    """The rounds that were asked for because of a ticket."""

    uses_idempotency_key = True

    @extend_schema(operation_id="tickets_sweeps", responses=RoundRow(many=True))
    def get(self, _request: Request, ticket_id: UUID) -> Response:
        """Answer with those the reader knows of, the first at the top."""
        ticket, now = ticket_get_now(actor=self.actor, ticket_id=ticket_id)
        ticket_opened(actor=self.actor, ticket=ticket, now=now)
        return Response(RoundRow(sweeps_of(actor=self.actor, ticket=ticket, now=now), many=True).data)

    @extend_schema(operation_id="tickets_sweep", request=SweepInput, responses={201: RoundOutput})
    def post(self, request: Request, ticket_id: UUID) -> Response:
        """Ask an office to look at other places; answer with the round, which its people are told of at once."""

        def act(now: datetime) -> Response:
            told = sweep_ask(actor=self.actor, ticket_id=ticket_id, told=lambda: sweep_read(request.data), now=now)
            row = round_get(actor=self.actor, round_id=told.id, now=now)
            return Response(RoundOutput(row, context={"actor": self.actor}).data, status=status.HTTP_201_CREATED)

        def still_shown(body: Any) -> Any:
            return round_still_shown(actor=self.actor, body=body, now=database_now())

        return idempotent(request, act, still_shown=still_shown)
