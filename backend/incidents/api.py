"""The API of reports."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.incidents.models import Report
from backend.incidents.selectors import report_get, reports_of
from backend.incidents.serializers import ReportInput, ReportOutput
from backend.incidents.services import report_file
from backend.organisation.api import StaffView


class ReportListView(StaffView, ListAPIView[Report]):
    """File a report, or list one's own."""

    serializer_class = ReportOutput
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
            given = ReportInput(data=request.data)
            given.is_valid(raise_exception=True)
            report = report_file(actor=self.actor, draft=given.draft(), now=now)
            location = request.build_absolute_uri(f"/api/v1/reports/{report.id}")
            return Response(ReportOutput(report).data, status=status.HTTP_201_CREATED, headers={"Location": location})

        return idempotent(request, act)


class ReportDetailView(StaffView):
    """One's own report."""

    @extend_schema(operation_id="reports_retrieve", responses=ReportOutput)
    def get(self, _request: Request, report_id: UUID) -> Response:
        """Answer with the report and the state its ticket is in."""
        return Response(ReportOutput(report_get(actor=self.actor, report_id=report_id)).data)
