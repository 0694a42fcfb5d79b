"""The API of rounds."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.common.idempotency import idempotent
from backend.organisation.staff_view import StaffView
from backend.rounds.answer_shapes import RoundAnswerInput, answer_read
from backend.rounds.class_shapes import ClassesOfDayOutput, ClassesQuery
from backend.rounds.filters import RoundFilters
from backend.rounds.models import Round
from backend.rounds.selectors.classes import classes_of_day
from backend.rounds.selectors.showing import round_get, rounds_known
from backend.rounds.selectors.tickets import round_still_shown, rounds_of_ticket
from backend.rounds.serializers import (
    ExcuseInput,
    OmissionInput,
    RoundOfTicketOutput,
    RoundOutput,
    RoundRow,
    omission_read,
    reason_read,
)
from backend.rounds.services.answering import round_answer, round_correct, round_excuse
from backend.rounds.services.omitting import omission_note
from backend.workflow.selectors import ticket_get_now
from backend.workflow.services.opening_log import ticket_opened


@extend_schema_view(get=extend_schema(operation_id="rounds_list"))
class RoundListView(StaffView, ListAPIView[Round]):
    """The rounds the signed-in person knows of, those due last at the top; none is there before its time has come."""

    serializer_class = RoundRow
    filterset_class = RoundFilters
    ordering = ("-due_at", "id")

    def get_queryset(self) -> QuerySet[Round]:
        """Return what the person knows of."""
        return rounds_known(actor=self.actor, now=database_now())


class RoundDetailView(StaffView):
    """One round."""

    @extend_schema(operation_id="rounds_retrieve", responses=RoundOutput)
    def get(self, _request: Request, round_id: UUID) -> Response:
        """Answer with the round, its checklist and everything that was said of it."""
        return _shown(self, round_id, database_now())


class RoundAnswerView(StaffView):
    """Answer a round, in person."""

    uses_idempotency_key = True

    @extend_schema(operation_id="rounds_answer", request=RoundAnswerInput, responses=RoundOutput)
    def post(self, request: Request, round_id: UUID) -> Response:
        """Answer with the round as it is afterwards; a second answer is 409, and `correct` says it instead."""

        def act(now: datetime) -> None:
            round_answer(actor=self.actor, round_id=round_id, draft=lambda: answer_read(request.data), now=now)

        return round_changed(self, round_id, act)


class RoundCorrectionView(StaffView):
    """Correct the answer of a round."""

    uses_idempotency_key = True

    @extend_schema(operation_id="rounds_correct", request=RoundAnswerInput, responses=RoundOutput)
    def post(self, request: Request, round_id: UUID) -> Response:
        """Answer with the round as it is afterwards; what was said before stays beside it."""

        def act(now: datetime) -> None:
            round_correct(actor=self.actor, round_id=round_id, draft=lambda: answer_read(request.data), now=now)

        return round_changed(self, round_id, act)


class RoundExcuseView(StaffView):
    """Let a round need no answer."""

    uses_idempotency_key = True

    @extend_schema(operation_id="rounds_excuse", request=ExcuseInput, responses=RoundOutput)
    def post(self, request: Request, round_id: UUID) -> Response:
        """Answer with the round as it is afterwards; whoever is asked cannot excuse themselves."""

        def act(now: datetime) -> None:
            round_excuse(actor=self.actor, round_id=round_id, reason=lambda: reason_read(request.data), now=now)

        return round_changed(self, round_id, act)


class RoundOmissionsView(StaffView):
    """Link what came out later with the answer that all is well."""

    uses_idempotency_key = True

    @extend_schema(operation_id="rounds_link_omission", request=OmissionInput, responses=RoundOutput)
    def post(self, request: Request, round_id: UUID) -> Response:
        """Answer with the round as it is afterwards; the same is done without a person for daily reports."""

        def act(now: datetime) -> None:
            omission_note(actor=self.actor, round_id=round_id, named=lambda: omission_read(request.data), now=now)

        return round_changed(self, round_id, act)


class RoundClassesView(StaffView):
    """The rounds of all classes of a school on a day."""

    asks = ClassesQuery

    @extend_schema(operation_id="rounds_classes", responses=ClassesOfDayOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with each plan that is asked of classes: who has answered, who is missing, and the sums."""
        day, school_id = self.asked.validated_data["day"], self.asked.validated_data["school"]
        found = classes_of_day(actor=self.actor, day=day, school_id=school_id, now=database_now())
        return Response(ClassesOfDayOutput(found, many=True).data)


class TicketRoundsView(StaffView):
    """The rounds to which a ticket belongs."""

    @extend_schema(operation_id="tickets_rounds", responses=RoundOfTicketOutput(many=True))
    def get(self, _request: Request, ticket_id: UUID) -> Response:
        """Answer with those the reader knows of; most tickets have none."""
        ticket, now = ticket_get_now(actor=self.actor, ticket_id=ticket_id)
        ticket_opened(actor=self.actor, ticket=ticket, now=now)
        links = rounds_of_ticket(actor=self.actor, ticket=ticket, now=now)
        return Response(RoundOfTicketOutput(links, many=True).data)


def round_changed(view: StaffView, round_id: UUID, act: Callable[[datetime], None]) -> Response:
    """Change a round once for each Idempotency-Key; a replay is for those who still know of the round."""

    def change(now: datetime) -> Response:
        act(now)
        return _shown(view, round_id, now)

    def still_shown(body: Any) -> Any:
        return round_still_shown(actor=view.actor, body=body, now=database_now())

    return idempotent(view.request, change, still_shown=still_shown)


def _shown(view: StaffView, round_id: UUID, now: datetime) -> Response:
    row = round_get(actor=view.actor, round_id=round_id, now=now)
    return Response(RoundOutput(row, context={"actor": view.actor}).data)
