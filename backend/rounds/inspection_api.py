"""The API of inspections: every office looks over its own places, and what nobody looked at stands out."""

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
from backend.rounds.inspection_shapes import ComingInspectionOutput, InspectionInput, InspectionOutput, InspectionRow
from backend.rounds.models import Inspection
from backend.rounds.selectors.inspections import (
    coverages_of,
    inspection_get,
    inspections_coming,
    inspections_known,
)
from backend.rounds.services.inspecting import inspection_ask


class InspectionListView(StaffView, ListAPIView[Inspection]):
    """The inspections of which the signed-in person knows a round."""

    access = {"get": Permission.STAFF, "post": Permission.ROUNDS_REQUEST}
    uses_idempotency_key = True
    serializer_class = InspectionRow
    ordering = ("-at", "id")

    def get_queryset(self) -> QuerySet[Inspection]:
        """Return what the person knows of."""
        return inspections_known(actor=self.actor, now=database_now())

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        """Return the page that is asked for, each with how much of it was looked at."""
        page = super().paginate_queryset(queryset) or []
        return list(coverages_of(actor=self.actor, inspections=page, now=database_now()))

    @extend_schema(operation_id="inspections_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="inspections_ask", request=InspectionInput, responses={201: InspectionOutput})
    def post(self, request: Request) -> Response:
        """Have places looked over; each office that looks after some is asked at once, in a round of its own."""

        def act(now: datetime) -> Response:
            given = InspectionInput(data=request.data)
            given.is_valid(raise_exception=True)
            asked = inspection_ask(actor=self.actor, draft=given.draft(), now=now)
            return Response(self._shown(asked.id, now), status=status.HTTP_201_CREATED)

        def still_shown(body: Any) -> Any:
            return self._shown(UUID(body["id"]), database_now())

        return idempotent(request, act, still_shown=still_shown)

    def _shown(self, inspection_id: UUID, now: datetime) -> Any:
        return InspectionOutput(inspection_get(actor=self.actor, inspection_id=inspection_id, now=now)).data


class InspectionsComingView(StaffView):
    """The inspections that the calendar brings in the days to come."""

    @extend_schema(operation_id="inspections_coming", responses=ComingInspectionOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with those that will ask an office of the signed-in person, the first at the top; at most forty."""
        found = inspections_coming(actor=self.actor, now=database_now())
        return Response(ComingInspectionOutput(found, many=True).data)


class InspectionView(StaffView):
    """One inspection."""

    @extend_schema(operation_id="inspections_retrieve", responses=InspectionOutput)
    def get(self, _request: Request, inspection_id: UUID) -> Response:
        """Answer with how much of it was looked at, by office, and where nobody has been."""
        found = inspection_get(actor=self.actor, inspection_id=inspection_id, now=database_now())
        return Response(InspectionOutput(found).data)
