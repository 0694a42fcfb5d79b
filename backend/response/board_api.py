"""The API of started plans."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.common.idempotency import idempotent
from backend.organisation.staff_view import StaffView
from backend.response.board_shapes import (
    DoneInput,
    DrillInput,
    EndInput,
    MineOutput,
    ResponseOutput,
    ResponseRow,
    StartInput,
)
from backend.response.selectors.boards import board_get, responses_of, tasks_mine
from backend.response.services.answering import Word, task_answer
from backend.response.services.drilling import drill_start
from backend.response.services.starting import response_end, response_start
from backend.workflow.selectors import ticket_get_now
from backend.workflow.services.opening_log import ticket_opened


class TicketResponseView(StaffView):
    """The response plans of a ticket."""

    uses_idempotency_key = True

    @extend_schema(operation_id="tickets_responses", responses=ResponseRow(many=True))
    def get(self, _request: Request, ticket_id: UUID) -> Response:
        """Answer with those that were started on it, the latest at the top."""
        ticket, now = ticket_get_now(actor=self.actor, ticket_id=ticket_id)
        ticket_opened(actor=self.actor, ticket=ticket, now=now)
        return Response(ResponseRow(responses_of(ticket=ticket), many=True).data)

    @extend_schema(operation_id="tickets_respond", request=StartInput, responses={201: ResponseOutput})
    def post(self, request: Request, ticket_id: UUID) -> Response:
        """Start a plan at once, without anybody's leave; where it runs already, answer with that one."""

        def act(now: datetime) -> Response:
            code = StartInput(data=request.data).code
            row = response_start(actor=self.actor, ticket_id=ticket_id, code=code, now=now)
            return _shown(self, row.id, status.HTTP_201_CREATED)

        return idempotent(request, act, still_shown=lambda body: _still_shown(self, body))


class ResponseDrillView(StaffView):
    """Drills of a plan."""

    uses_idempotency_key = True

    @extend_schema(operation_id="response_plans_drill", request=DrillInput, responses={201: ResponseOutput})
    def post(self, request: Request, code: str) -> Response:
        """Hold a drill: the plan is started on an exercise, which says so in every message and counts in no figure."""

        def act(now: datetime) -> Response:
            row = drill_start(actor=self.actor, code=code, told=DrillInput(data=request.data).draft, now=now)
            return _shown(self, row.id, status.HTTP_201_CREATED)

        return idempotent(request, act, still_shown=lambda body: _still_shown(self, body))


class ResponseMineView(StaffView):
    """The steps that are asked of the signed-in person."""

    @extend_schema(operation_id="responses_mine", responses=MineOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with the steps of running plans that wait for them, at most 50, that due first at the top."""
        return Response(MineOutput(tasks_mine(actor=self.actor), many=True).data)


class ResponseDetailView(StaffView):
    """One started plan."""

    @extend_schema(operation_id="responses_retrieve", responses=ResponseOutput)
    def get(self, _request: Request, response_id: UUID) -> Response:
        """Answer with who has answered and who has not; whoever may not see its ticket reads their own steps."""
        return _shown(self, response_id)


class ResponseThereView(StaffView):
    """The word that somebody is on the spot."""

    uses_idempotency_key = True

    @extend_schema(operation_id="responses_there", request=None, responses=ResponseOutput)
    def post(self, _request: Request, response_id: UUID, task_id: UUID) -> Response:
        """Say that one is there."""
        return _answered(self, response_id, task_id, lambda: Word(is_done=False))


class ResponseDoneView(StaffView):
    """The word that a step is done."""

    uses_idempotency_key = True

    @extend_schema(operation_id="responses_done", request=DoneInput, responses=ResponseOutput)
    def post(self, request: Request, response_id: UUID, task_id: UUID) -> Response:
        """Say that a step is done; whoever leads says it for others."""
        return _answered(self, response_id, task_id, DoneInput(data=request.data).said)


class ResponseEndView(StaffView):
    """The end of a started plan."""

    uses_idempotency_key = True

    @extend_schema(operation_id="responses_end", request=EndInput, responses=ResponseOutput)
    def post(self, request: Request, response_id: UUID) -> Response:
        """End it, with words; everybody asked hears that it is over."""

        def act(now: datetime) -> Response:
            response_end(actor=self.actor, response_id=response_id, words=EndInput(data=request.data).said, now=now)
            return _shown(self, response_id)

        return idempotent(request, act, still_shown=lambda body: _still_shown(self, body))


def _answered(view: StaffView, response_id: UUID, task_id: UUID, said: Callable[[], Word]) -> Response:
    def act(now: datetime) -> Response:
        task_answer(actor=view.actor, response_id=response_id, task_id=task_id, said=said, now=now)
        return _shown(view, response_id)

    return idempotent(view.request, act, still_shown=lambda body: _still_shown(view, body))


def _shown(view: StaffView, response_id: UUID, code: int = status.HTTP_200_OK) -> Response:
    return Response(_board(view, response_id), status=code)


def _board(view: StaffView, response_id: UUID) -> Any:
    """Return a board as its reader may see it; that what is said on a confidential ticket was read is recorded."""
    board = board_get(actor=view.actor, response_id=response_id)
    if board.sees_ticket:
        ticket_opened(actor=view.actor, ticket=board.row.ticket, now=database_now())
    return ResponseOutput(board).data


def _still_shown(view: StaffView, body: object) -> object:
    """Return a remembered answer to whoever may still read it, as it may be read now; raise NotFound."""
    if not isinstance(body, dict) or "id" not in body:
        raise NotFound
    return _board(view, UUID(str(body["id"])))
