"""The API of special periods: drawn up, approved, reviewed before, lengthened or ended, summed up."""

from collections.abc import Callable
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
from backend.rounds.models import Period, PeriodDecision
from backend.rounds.period_shapes import (
    PeriodDecisionInput,
    PeriodDrawingUpInput,
    PeriodEndInput,
    PeriodReasonInput,
    PeriodSummaryInput,
    PeriodTemplateOutput,
    SpecialPeriodInput,
    SpecialPeriodOutput,
    SpecialPeriodRow,
)
from backend.rounds.selectors.periods import period_get, periods_known, templates_of
from backend.rounds.services.period_review import period_decide
from backend.rounds.services.period_summary import summary_approve, summary_write
from backend.rounds.services.periods import (
    period_approve,
    period_call_off,
    period_draw_up,
    period_move_end,
    period_redraw,
)


class PeriodView(StaffView):
    """The base of every view of one period: its answer, and that it is looked up first."""

    def shown(self, period_id: UUID, now: datetime) -> Any:
        """Return a period as the reader may see it."""
        row = period_get(actor=self.actor, period_id=period_id)
        context = {"actor": self.actor, "now": now, "may_decide": self.actor.may(Permission.PERIODS_DECIDE)}
        return SpecialPeriodOutput(row, context=context).data

    def decided(self, request: Request, period_id: UUID, act: Callable[[datetime], Period]) -> Response:
        """Carry a decision out once, and answer with the period as it stands then."""

        def done(now: datetime) -> Response:
            period_get(actor=self.actor, period_id=period_id)
            act(now)
            return Response(self.shown(period_id, now))

        return idempotent(request, done, still_shown=lambda _body: self.shown(period_id, database_now()))


class PeriodListView(PeriodView, ListAPIView[Period]):
    """The special periods of a school."""

    access = {"get": Permission.STAFF, "post": Permission.PERIODS_DECIDE}
    uses_idempotency_key = True
    serializer_class = SpecialPeriodRow
    ordering = ("-starts_on", "id")

    def get_queryset(self) -> QuerySet[Period]:
        """Return what the person knows of."""
        return periods_known(actor=self.actor)

    def get_serializer_context(self) -> dict[str, Any]:
        """Say which day it is."""
        return {**super().get_serializer_context(), "now": database_now()}

    @extend_schema(operation_id="periods_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them, the latest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="periods_draw_up", request=PeriodDrawingUpInput, responses={201: SpecialPeriodOutput})
    def post(self, request: Request) -> Response:
        """Draw a period up; nothing is asked of anybody before it is approved."""

        def act(now: datetime) -> Response:
            given = PeriodDrawingUpInput(data=request.data)
            given.is_valid(raise_exception=True)
            reason = given.validated_data.pop("reason")
            row = period_draw_up(actor=self.actor, draft=given.draft(), words=reason, now=now)
            return Response(self.shown(row.id, now), status=status.HTTP_201_CREATED)

        return idempotent(request, act, still_shown=lambda body: self.shown(UUID(body["id"]), database_now()))


class PeriodTemplatesView(StaffView):
    """The kinds of periods that the school's rules have."""

    @extend_schema(operation_id="periods_templates", responses=PeriodTemplateOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with all of them, at most forty; none where the rules are from before there were any."""
        _version, templates = templates_of(actor=self.actor)
        return Response(PeriodTemplateOutput(templates.values(), many=True).data)


class PeriodDetailView(PeriodView):
    """One period."""

    @extend_schema(operation_id="periods_retrieve", responses=SpecialPeriodOutput)
    def get(self, _request: Request, period_id: UUID) -> Response:
        """Answer with what it asks, its record, and what is still open before it."""
        return Response(self.shown(period_id, database_now()))


class PeriodRedrawView(PeriodView):
    """A period drawn up otherwise."""

    uses_idempotency_key = True

    @extend_schema(operation_id="periods_redraw", request=SpecialPeriodInput, responses=SpecialPeriodOutput)
    def post(self, request: Request, period_id: UUID) -> Response:
        """Draw it up otherwise, as long as it is not approved."""

        def act(now: datetime) -> Period:
            given = SpecialPeriodInput(data=request.data)
            given.is_valid(raise_exception=True)
            return period_redraw(actor=self.actor, period_id=period_id, draft=given.draft(), now=now)

        return self.decided(request, period_id, act)


class PeriodApprovalView(PeriodView):
    """The approval of a period."""

    uses_idempotency_key = True

    @extend_schema(operation_id="periods_approve", request=PeriodReasonInput, responses=SpecialPeriodOutput)
    def post(self, request: Request, period_id: UUID) -> Response:
        """Approve it as it is drawn up: rounds, deadlines and the review follow at once."""

        def act(now: datetime) -> Period:
            said = PeriodReasonInput(data=request.data).said
            return period_approve(actor=self.actor, period_id=period_id, words=said, now=now)

        return self.decided(request, period_id, act)


class PeriodEndView(PeriodView):
    """The last day of a period."""

    uses_idempotency_key = True

    @extend_schema(operation_id="periods_move_end", request=PeriodEndInput, responses=SpecialPeriodOutput)
    def post(self, request: Request, period_id: UUID) -> Response:
        """Lengthen it, or have it end earlier, today at the earliest; what has been reported keeps its deadlines."""

        def act(now: datetime) -> Period:
            given = PeriodEndInput(data=request.data)
            said = given.said
            until = given.validated_data["ends_on"]
            return period_move_end(actor=self.actor, period_id=period_id, ends_on=until, words=said, now=now)

        return self.decided(request, period_id, act)


class PeriodCallOffView(PeriodView):
    """Calling a period off."""

    uses_idempotency_key = True

    @extend_schema(operation_id="periods_call_off", request=PeriodReasonInput, responses=SpecialPeriodOutput)
    def post(self, request: Request, period_id: UUID) -> Response:
        """Call it off before it begins."""

        def act(now: datetime) -> Period:
            said = PeriodReasonInput(data=request.data).said
            return period_call_off(actor=self.actor, period_id=period_id, words=said, now=now)

        return self.decided(request, period_id, act)


class PeriodReviewView(PeriodView):
    """The review before a period."""

    uses_idempotency_key = True

    @extend_schema(operation_id="periods_decide", request=PeriodDecisionInput, responses=SpecialPeriodOutput)
    def post(self, request: Request, period_id: UUID) -> Response:
        """Decide on one open ticket; the ticket's ledger keeps it, and its deadlines stay as they are."""

        def act(now: datetime) -> Period:
            given = PeriodDecisionInput(data=request.data)
            given.is_valid(raise_exception=True)
            said = given.validated_data
            return period_decide(
                actor=self.actor,
                period_id=period_id,
                ticket_id=said["ticket"],
                choice=PeriodDecision.Choice(said["choice"]),
                words=said["reason"],
                now=now,
            )

        return self.decided(request, period_id, act)


class PeriodSummaryView(PeriodView):
    """The summary of a period."""

    uses_idempotency_key = True

    @extend_schema(operation_id="periods_sum_up", request=PeriodSummaryInput, responses=SpecialPeriodOutput)
    def post(self, request: Request, period_id: UUID) -> Response:
        """Write the summary once it is over; the counts are made now, of the whole school and of nobody by name."""

        def act(now: datetime) -> Period:
            given = PeriodSummaryInput(data=request.data)
            given.is_valid(raise_exception=True)
            return summary_write(actor=self.actor, period_id=period_id, words=given.validated_data["words"], now=now)

        return self.decided(request, period_id, act)


class PeriodSummaryApprovalView(PeriodView):
    """The approval of a summary."""

    uses_idempotency_key = True

    @extend_schema(operation_id="periods_approve_summary", request=None, responses=SpecialPeriodOutput)
    def post(self, request: Request, period_id: UUID) -> Response:
        """Approve the summary; from then on it stands, and everybody at the school reads it."""
        return self.decided(
            request, period_id, lambda now: summary_approve(actor=self.actor, period_id=period_id, now=now)
        )
