"""The API of reports."""

from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.common.idempotency import idempotent
from backend.incidents.detail_serializers import AmendmentOutput, ReportBehindOutput, ReportDetailOutput
from backend.incidents.filters import ReportFilters
from backend.incidents.models import Report
from backend.incidents.selectors import report_get, report_still_shown, reports_behind, reports_of
from backend.incidents.serializers import (
    AmendmentInput,
    ReportInput,
    ReportOutput,
    WithdrawInput,
    report_read,
    report_shown,
)
from backend.incidents.services import report_amend, report_file, report_withdraw
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.organisation.scopes import Scope
from backend.organisation.staff_view import StaffView
from backend.workflow.selectors import ticket_get
from backend.workflow.services.opening_log import ticket_opened


class ReportListView(StaffView, ListAPIView[Report]):
    """File a report, or list one's own."""

    access = MappingProxyType({"get": Permission.OWN_REPORTS_READ, "post": Permission.STAFF})
    scope = MappingProxyType(dict.fromkeys(("get", "post"), Scope.REPORTS_FILE))
    serializer_class = ReportOutput
    filterset_class = ReportFilters
    ordering = ("-filed_at", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[Report]:
        """Return the person's own reports."""
        return reports_of(actor=self.actor)

    @extend_schema(operation_id="reports_list")
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Answer with one's own reports, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="reports_file", request=ReportInput, responses={201: ReportOutput})
    def post(self, request: Request) -> Response:
        """File a report; from this instant somebody answers for it."""

        def act(now: datetime) -> Response:
            draft, caller = report_read(request.data)
            report = report_file(actor=self.actor, draft=draft, caller=caller, now=now)
            location = request.build_absolute_uri(f"/api/v1/reports/{report.id}")
            return Response(report_shown(report), status=status.HTTP_201_CREATED, headers={"Location": location})

        return idempotent(request, act, still_shown=lambda body: report_still_shown(actor=self.actor, body=body))


class ReportDetailView(StaffView):
    """One's own report."""

    access = Permission.OWN_REPORTS_READ
    scope = {"get": Scope.REPORTS_FILE}

    @extend_schema(operation_id="reports_retrieve", responses=ReportDetailOutput)
    def get(self, _request: Request, report_id: UUID) -> Response:
        """Answer with the report, the state its ticket is in, and what happens next by when."""
        return report_response(self.actor, report_id)


class ReportAmendmentView(StaffView):
    """Add to one's own report, until somebody takes care of it."""

    scope = {"post": Scope.REPORTS_FILE}
    uses_idempotency_key = True

    @extend_schema(operation_id="reports_amend", request=AmendmentInput, responses={201: AmendmentOutput})
    def post(self, request: Request, report_id: UUID) -> Response:
        """Answer with what was added; afterwards 409, and a comment on the ticket says it instead."""

        def act(now: datetime) -> Response:
            report = report_get(actor=self.actor, report_id=report_id)
            given = AmendmentInput(data=request.data)
            given.is_valid(raise_exception=True)
            added = report_amend(actor=self.actor, report=report, text=given.validated_data["text"], now=now)
            return Response(AmendmentOutput(added).data, status=status.HTTP_201_CREATED)

        return idempotent(request, act)


class ReportWithdrawalView(StaffView):
    """Take one's own report back, until somebody takes care of it."""

    scope = {"post": Scope.REPORTS_FILE}
    uses_idempotency_key = True

    @extend_schema(operation_id="reports_withdraw", request=WithdrawInput, responses=ReportDetailOutput)
    def post(self, request: Request, report_id: UUID) -> Response:
        """Answer with the report as it is afterwards; it is kept, and its ticket is closed."""

        def act(now: datetime) -> Response:
            report = report_get(actor=self.actor, report_id=report_id)
            given = WithdrawInput(data=request.data)
            given.is_valid(raise_exception=True)
            report_withdraw(actor=self.actor, report=report, note=given.validated_data["note"], now=now)
            return report_response(self.actor, report_id)

        return idempotent(request, act, still_shown=lambda body: report_still_shown(actor=self.actor, body=body))


class TicketReportsView(StaffView):
    """The reports behind a ticket, with what was added to them."""

    @extend_schema(operation_id="tickets_reports", responses=ReportBehindOutput(many=True))
    def get(self, _request: Request, ticket_id: UUID) -> Response:
        """Answer with every report, first to last; who called is for those who work on it, and never in class K2."""
        ticket = ticket_get(actor=self.actor, ticket_id=ticket_id)
        ticket_opened(actor=self.actor, ticket=ticket, now=database_now(), with_merged=True)
        return Response(ReportBehindOutput(reports_behind(actor=self.actor, ticket=ticket), many=True).data)


def report_response(actor: Actor, report_id: UUID) -> Response:
    """Return one's own report as it is now."""
    report = report_get(actor=actor, report_id=report_id)
    return Response(ReportDetailOutput(report, context={"actor": actor}).data)
