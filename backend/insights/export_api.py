"""The API of files made of figures and tickets."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.common.idempotency import idempotent
from backend.common.renderers import AnyRenderer
from backend.insights.export_answers import export_response
from backend.insights.export_serializers import ExportInput, ExportOutput, export_shown
from backend.insights.models import Export
from backend.insights.selectors.exports import export_get, export_open, exports_of
from backend.insights.selectors.extents import reach_of
from backend.insights.services.exporting import export_ask
from backend.insights.shapes import USUAL_WEEKS, weeks_until
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView


class ExportListView(StaffView, ListAPIView[Export]):
    """The files one asked for."""

    access = Permission.FIGURES_READ
    uses_idempotency_key = True
    may_be_missing = {"post"}
    serializer_class = ExportOutput
    ordering = ("-asked_at", "id")

    def get_queryset(self) -> QuerySet[Export]:
        """Return the person's own."""
        return exports_of(actor=self.actor, now=database_now())

    @extend_schema(operation_id="insights_exports_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them, the newest first; none is older than a day."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="insights_exports_ask", request=ExportInput, responses={202: ExportOutput})
    def post(self, request: Request) -> Response:
        """Have a file made of figures, or of the tickets one may know of; one is told when it is ready.

        Answers 409 (`too_many_exports`) while three are being made.
        """

        def act(now: datetime) -> Response:
            given = ExportInput(data=request.data)
            given.is_valid(raise_exception=True)
            today = reach_of(actor=self.actor).today(now)
            draft = given.draft(usual=weeks_until(today=today, weeks=USUAL_WEEKS))
            export = export_ask(actor=self.actor, draft=draft, now=now)
            return Response(export_shown(export), status=status.HTTP_202_ACCEPTED)

        return idempotent(request, act)


class ExportView(StaffView):
    """One file."""

    access = Permission.FIGURES_READ

    @extend_schema(operation_id="insights_exports_retrieve", responses=ExportOutput)
    def get(self, _request: Request, export_id: UUID) -> Response:
        """Answer with how far it is."""
        return Response(export_shown(export_get(actor=self.actor, export_id=export_id, now=database_now())))


class ExportContentView(StaffView):
    """The content of a file."""

    access = Permission.FIGURES_READ
    renderer_classes: list[type[BaseRenderer]] = [JSONRenderer, AnyRenderer]
    is_conflicting = True

    @extend_schema(
        operation_id="insights_exports_content", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, _request: Request, export_id: UUID) -> HttpResponseBase:
        """Answer with its bytes, while all in it is open to its owner.

        Answers 409 where it is not ready (`export_not_ready`), or something in it left one's sight (`export_outdated`).
        """
        export, content = export_open(actor=self.actor, export_id=export_id, now=database_now())
        return export_response(export=export, content=content)
