"""The API of visits from outside."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView
from backend.rounds.models import OutsideVisit
from backend.rounds.outside_shapes import OutsideFindingInput, OutsideVisitInput, OutsideVisitOutput
from backend.rounds.selectors.outside import findings_of, visit_get, visit_shown, visits_shown
from backend.rounds.services.outside import outside_finding_note, outside_visit_keep


class OutsideVisitListView(StaffView, ListAPIView[OutsideVisit]):
    """The inspections by authorities that the schools keep which the signed-in person leads or supervises."""

    access = {"get": Permission.ROUNDS_READ, "post": Permission.ROUNDS_REQUEST}
    uses_idempotency_key = True
    serializer_class = OutsideVisitOutput
    ordering = ("-day", "id")

    def get_queryset(self) -> QuerySet[OutsideVisit]:
        """Return what the person knows of."""
        return visits_shown(actor=self.actor)

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        """Return the visits of the page that is asked for, with what all of them found."""
        page = list(super().paginate_queryset(queryset) or [])
        self.found = findings_of(actor=self.actor, visits=page)
        return page

    def get_serializer_context(self) -> dict[str, Any]:
        """Give the findings to the shapes."""
        return {**super().get_serializer_context(), "found": getattr(self, "found", ())}

    @extend_schema(operation_id="outside_visits_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them, the latest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="outside_visits_keep", request=OutsideVisitInput, responses={201: OutsideVisitOutput})
    def post(self, request: Request) -> Response:
        """Keep a visit; what it found is reported as everything else, and named afterwards."""

        def act(now: datetime) -> Response:
            given = OutsideVisitInput(data=request.data)
            given.is_valid(raise_exception=True)
            row = outside_visit_keep(actor=self.actor, draft=given.draft(), now=now)
            return Response(_shown(self, row.id), status=status.HTTP_201_CREATED)

        return idempotent(request, act, still_shown=lambda body: _shown(self, UUID(body["id"])))


class OutsideVisitView(StaffView):
    """One visit from outside."""

    access = Permission.ROUNDS_READ

    @extend_schema(operation_id="outside_visits_retrieve", responses=OutsideVisitOutput)
    def get(self, _request: Request, visit_id: UUID) -> Response:
        """Answer with the visit and what it found."""
        return Response(_shown(self, visit_id))


class OutsideFindingsView(StaffView):
    """The tickets about what a visit found."""

    access = Permission.ROUNDS_REQUEST
    uses_idempotency_key = True

    @extend_schema(operation_id="outside_visits_link", request=OutsideFindingInput, responses=OutsideVisitOutput)
    def post(self, request: Request, visit_id: UUID) -> Response:
        """Name a ticket, and the day by which they want an answer; answer with the visit. A ticket is of one visit."""

        def act(now: datetime) -> Response:
            visit_get(actor=self.actor, visit_id=visit_id)
            given = OutsideFindingInput(data=request.data)
            given.is_valid(raise_exception=True)
            said = given.validated_data
            outside_finding_note(
                actor=self.actor, visit_id=visit_id, named=said["ticket"], answer_by=said["answer_by"], now=now
            )
            return Response(_shown(self, visit_id))

        return idempotent(request, act, still_shown=lambda _body: _shown(self, visit_id))


def _shown(view: StaffView, visit_id: UUID) -> Any:
    row = visit_shown(actor=view.actor, visit_id=visit_id)
    return OutsideVisitOutput(row, context={"actor": view.actor}).data
