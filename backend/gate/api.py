"""The API of the gate."""

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
from backend.gate.filters import VisitFilters
from backend.gate.models import GateVisit, OpenDay
from backend.gate.selectors import open_day_get, open_days, stay_known, stay_of, visit_get, visits_known
from backend.gate.serializers import (
    CountInput,
    ExpectInput,
    GateCorrectionInput,
    GateVisitInput,
    GateVisitOutput,
    GateVisitRow,
    OpenDayInput,
    OpenDayOutput,
    StayInput,
    StayOutput,
)
from backend.gate.services import (
    open_day_call,
    open_day_take_back,
    people_count,
    stay_set,
    visit_correct,
    visit_enter,
    visit_expect,
    visit_leave,
)
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView


class VisitListView(StaffView, ListAPIView[GateVisit]):
    """The log of the gate of the signed-in person's school, for the security office and the school's leaders."""

    serializer_class = GateVisitRow
    filterset_class = VisitFilters
    ordering = ("-came_at", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[GateVisit]:
        """Return the last 90 days; what is older is gone."""
        return visits_known(actor=self.actor, now=database_now())

    def get_serializer_context(self) -> dict[str, Any]:
        """Add what says who is overdue."""
        return {**super().get_serializer_context(), **_context(self)}

    @extend_schema(operation_id="gate_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them, those who came last at the top."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="gate_enter", request=GateVisitInput, responses={201: GateVisitOutput})
    def post(self, request: Request) -> Response:
        """Enter somebody who comes in, or (with `refused`) is not let in; the host is told."""

        def act(now: datetime) -> UUID:
            return visit_enter(actor=self.actor, drafted=GateVisitInput(data=request.data).drafted, now=now)

        return _once(self, act, status.HTTP_201_CREATED)


class VisitDetailView(StaffView):
    """One visit."""

    @extend_schema(operation_id="gate_retrieve", responses=GateVisitOutput)
    def get(self, _request: Request, visit_id: UUID) -> Response:
        """Answer with the visit and everything entered about it; its host may read it too."""
        return _shown(self, visit_id, database_now())


class VisitLeaveView(StaffView):
    """The end of a visit."""

    uses_idempotency_key = True

    @extend_schema(operation_id="gate_leave", request=None, responses=GateVisitOutput)
    def post(self, _request: Request, visit_id: UUID) -> Response:
        """Note that they have left."""
        return _changed(self, visit_id, lambda now: visit_leave(actor=self.actor, visit_id=visit_id, now=now))


class VisitCorrectionView(StaffView):
    """Correcting a visit."""

    uses_idempotency_key = True

    @extend_schema(operation_id="gate_correct", request=GateCorrectionInput, responses=GateVisitOutput)
    def post(self, request: Request, visit_id: UUID) -> Response:
        """Answer with the visit as it is right; what was entered before stays beside it. Another host is told."""
        said = GateCorrectionInput(data=request.data).corrected
        return _changed(
            self, visit_id, lambda now: visit_correct(actor=self.actor, visit_id=visit_id, drafted=said, now=now)
        )


class VisitExpectView(StaffView):
    """The host's word about a visitor."""

    uses_idempotency_key = True

    @extend_schema(operation_id="gate_expect", request=ExpectInput, responses=GateVisitOutput)
    def post(self, request: Request, visit_id: UUID) -> Response:
        """Say as the host whether one expects them; where not, the gate hears of it at once."""

        def act(now: datetime) -> None:
            read = lambda: bool(_checked(ExpectInput, request)["expected"])  # noqa: E731
            visit_expect(actor=self.actor, visit_id=visit_id, said=read, now=now)

        return _changed(self, visit_id, act)


class StayView(StaffView):
    """The time that visitors may stay."""

    access = {"get": Permission.STAFF, "post": Permission.GATE_SET}
    uses_idempotency_key = True

    @extend_schema(operation_id="gate_stay", responses=StayOutput)
    def get(self, _request: Request) -> Response:
        """Answer with the minutes after which somebody inside is overdue."""
        return Response(StayOutput(stay_known(actor=self.actor)).data)

    @extend_schema(operation_id="gate_set_stay", request=StayInput, responses=StayOutput)
    def post(self, request: Request) -> Response:
        """Set them for the whole school."""

        def act(now: datetime) -> Response:
            stay_set(actor=self.actor, minutes=_checked(StayInput, request)["stay_minutes"], now=now)
            return Response(StayOutput(stay_known(actor=self.actor)).data)

        return idempotent(request, act)


class OpenDayListView(StaffView, ListAPIView[OpenDay]):
    """The open days of the signed-in person's school, and how many came and went."""

    access = {"get": Permission.STAFF, "post": Permission.GATE_SET}
    serializer_class = OpenDayOutput
    ordering = ("-day", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[OpenDay]:
        """Return them for whoever keeps the gate."""
        return open_days(actor=self.actor)

    @extend_schema(operation_id="gate_open_days")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them, the latest at the top."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="gate_call_open_day", request=OpenDayInput, responses={201: OpenDayOutput})
    def post(self, request: Request) -> Response:
        """Make a day an open day: people are counted then, and nobody is asked for a name."""

        def act(now: datetime) -> Response:
            given = _checked(OpenDayInput, request)
            day_id = open_day_call(actor=self.actor, day=given["day"], about=given["about"], now=now)
            return _day_shown(self, day_id)

        return idempotent(request, act)


class OpenDayDetailView(StaffView):
    """One open day."""

    access = {"delete": Permission.GATE_SET}

    @extend_schema(operation_id="gate_take_back_open_day", responses={204: None})
    def delete(self, _request: Request, day_id: UUID) -> Response:
        """Make it an ordinary day again, while nobody was counted on it."""
        open_day_take_back(actor=self.actor, day_id=day_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CountView(StaffView):
    """Counting on an open day."""

    uses_idempotency_key = True

    @extend_schema(operation_id="gate_count", request=CountInput, responses={201: OpenDayOutput})
    def post(self, request: Request) -> Response:
        """Add how many came and went at a gate; below zero takes away what was counted too much."""

        def act(now: datetime) -> Response:
            counted = CountInput(data=request.data).counted
            return _day_shown(self, people_count(actor=self.actor, counted=counted, now=now))

        return idempotent(request, act)


def _checked(shape: type[Any], request: Request) -> Any:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return given.validated_data


def _context(view: StaffView) -> dict[str, Any]:
    return {"now": database_now(), "stay": stay_of(school_id=view.actor.school_scope)}


def _changed(view: StaffView, visit_id: UUID, act: Callable[[datetime], None]) -> Response:
    def change(now: datetime) -> UUID:
        act(now)
        return visit_id

    return _once(view, change)


def _once(view: StaffView, act: Callable[[datetime], UUID], code: int = status.HTTP_200_OK) -> Response:
    """Write once for each Idempotency-Key, and answer with the visit as it is now."""

    def write(now: datetime) -> Response:
        return Response({"id": str(act(now))}, status=code)

    # What is kept to be repeated is the id alone: who came stands in the log and nowhere else.
    response = idempotent(view.request, write)
    response.data = _shown(view, UUID(response.data["id"]), database_now()).data
    return response


def _shown(view: StaffView, visit_id: UUID, now: datetime) -> Response:
    visit = visit_get(actor=view.actor, visit_id=visit_id, now=now)
    return Response(GateVisitOutput(visit, context=_context(view)).data)


def _day_shown(view: StaffView, day_id: UUID) -> Response:
    day = open_day_get(actor=view.actor, day_id=day_id)
    return Response(OpenDayOutput(day).data, status=status.HTTP_201_CREATED)
