"""The API of the training log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.common.idempotency import idempotent
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView
from backend.training.filters import SessionFilters
from backend.training.models import TrainingDue, TrainingSession
from backend.training.selectors.sessions import dues_known, session_get, sessions_known, trainings_required
from backend.training.serializers import (
    TrainingDueOutput,
    TrainingInput,
    TrainingOutput,
    TrainingRow,
    TrainingRuleOutput,
    VoidInput,
)
from backend.training.services.recording import session_record, session_void


class TrainingListView(StaffView, ListAPIView[TrainingSession]):
    """The training log of the signed-in person's school."""

    access = {"get": Permission.STAFF, "post": Permission.TRAININGS_WRITE}
    serializer_class = TrainingRow
    filterset_class = SessionFilters
    ordering = ("-held_on", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[TrainingSession]:
        """Return what was held there."""
        return sessions_known(actor=self.actor)

    @extend_schema(operation_id="trainings_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of what was held, the latest at the top; what is void stays among it."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="trainings_record", request=TrainingInput, responses={201: TrainingOutput})
    def post(self, request: Request) -> Response:
        """Record what was held; what was due of those present is done by it."""

        def act(now: datetime) -> Response:
            session_id = session_record(actor=self.actor, draft=TrainingInput(data=request.data).draft(), now=now)
            return Response({"id": str(session_id)}, status=status.HTTP_201_CREATED)

        return _once(self, act)


class TrainingView(StaffView):
    """One of them."""

    @extend_schema(operation_id="trainings_retrieve", responses=TrainingOutput)
    def get(self, _request: Request, session_id: UUID) -> Response:
        """Answer with it, and with the names of those present that the reader may know."""
        return Response(_shown(self, session_id))


class TrainingVoidView(StaffView):
    """Making an entry void."""

    access = Permission.TRAININGS_WRITE
    uses_idempotency_key = True

    @extend_schema(operation_id="trainings_void", request=VoidInput, responses=TrainingOutput)
    def post(self, request: Request, session_id: UUID) -> Response:
        """Make void what was entered by mistake; what was done by it is due again."""

        def act(now: datetime) -> Response:
            session_get(actor=self.actor, session_id=session_id)
            given = VoidInput(data=request.data)
            given.is_valid(raise_exception=True)
            session_void(actor=self.actor, session_id=session_id, reason=given.validated_data["reason"], now=now)
            return Response({"id": str(session_id)})

        return _once(self, act)


class TrainingDueListView(StaffView, ListAPIView[TrainingDue]):
    """The trainings that are due: those of the signed-in person and their classes; for the school's keepers all."""

    serializer_class = TrainingDueOutput
    ordering = ("due_on", "id")

    def get_queryset(self) -> QuerySet[TrainingDue]:
        """Return what the reader may know of."""
        return dues_known(actor=self.actor)

    def get_serializer_context(self) -> dict[str, Any]:
        """Add the time that says what is overdue."""
        return {**super().get_serializer_context(), "now": database_now()}

    @extend_schema(operation_id="trainings_due")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them, what is due first at the top."""
        return super().get(request, *args, **kwargs)


class TrainingRuleListView(StaffView):
    """The trainings that the rules of the signed-in person's school require."""

    @extend_schema(operation_id="trainings_required", responses=TrainingRuleOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with all of them."""
        rules = trainings_required(actor=self.actor)
        return Response(TrainingRuleOutput(list(rules.values()), many=True).data)


def _once(view: StaffView, act: Any) -> Response:
    """Write once for each Idempotency-Key, and answer with the entry as it is now."""
    # What is kept to be repeated is the id alone: who was there stands in the log and nowhere else.
    response = idempotent(view.request, act)
    response.data = _shown(view, UUID(response.data["id"]))
    return response


def _shown(view: StaffView, session_id: UUID) -> Any:
    return TrainingOutput(session_get(actor=view.actor, session_id=session_id)).data
