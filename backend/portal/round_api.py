"""The API of reporting what a round found."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.incidents.selectors import report_still_shown
from backend.incidents.serializers import ReportInput, ReportOutput, report_read, report_shown
from backend.incidents.services import report_file
from backend.organisation.staff_view import StaffView
from backend.rounds.selectors.findings import found_get
from backend.rounds.services.finding import finding_note


class FindingInput(ReportInput):
    """A report of what a round found."""

    line = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        default="",
        help_text="The key of a line to which the latest answer says no; left out: what its words say.",
    )
    visit = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Of a route: the latest visit to the place it is about.",
    )
    category = serializers.CharField(
        max_length=10, default="", allow_blank=True, help_text="Left out: the category of the line."
    )


TO_FIND = FindingInput()


class RoundFindingsView(StaffView):
    """Report what a round found."""

    uses_idempotency_key = True

    @extend_schema(operation_id="rounds_report_finding", request=FindingInput, responses={201: ReportOutput})
    def post(self, request: Request, round_id: UUID) -> Response:
        """Answer with the report; of a starred line it is at least P2, and round and ticket name each other."""
        return idempotent(
            request,
            lambda now: self._file(request, round_id, now),
            still_shown=lambda body: report_still_shown(actor=self.actor, body=body),
        )

    @transaction.atomic
    def _file(self, request: Request, round_id: UUID, now: datetime) -> Response:
        line = _line_of(request.data)
        found = found_get(actor=self.actor, round_id=round_id, line=line, visit_id=_visit_of(request.data), now=now)
        draft, caller = report_read(request.data, fields=TO_FIND)
        category = draft.category or found.category
        urgent = replace(draft, category=category, at_least=found.at_least)
        report = report_file(actor=self.actor, draft=urgent, caller=caller, now=now)
        finding_note(actor=self.actor, found=found, ticket_id=report.ticket_id, now=now)
        location = request.build_absolute_uri(f"/api/v1/reports/{report.id}")
        return Response(report_shown(report), status=status.HTTP_201_CREATED, headers={"Location": location})


def _line_of(body: Any) -> str:
    line = body.get("line", "") if isinstance(body, dict) else ""
    return line if isinstance(line, str) else ""


def _visit_of(body: Any) -> UUID | None:
    try:
        return UUID(str(body["visit"]))
    except (KeyError, TypeError, ValueError):
        return None
