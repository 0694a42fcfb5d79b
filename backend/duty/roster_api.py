"""The API of duty rosters and absences."""

from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.common.idempotency import idempotent
from backend.common.preconditions import etag, require_match
from backend.duty.filters import AbsenceFilters, ShiftFilters
from backend.duty.models import Absence, DutyShift
from backend.duty.roster_serializers import (
    AbsenceInput,
    AbsenceOutput,
    ShiftInput,
    ShiftOutput,
    ShiftRow,
    SwapInput,
    TakeOverInput,
)
from backend.duty.selectors import (
    absence_lock,
    absences_visible,
    shift_get,
    shift_lock,
    shifts_visible,
    slot_get,
    swaps_visible,
)
from backend.duty.services import (
    absence_end,
    absence_note,
    shift_add,
    shift_change,
    shift_remove,
    slot_swap,
    slot_take_over,
)
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView


class RosterListView(StaffView, ListAPIView[DutyShift]):
    """The shifts where the signed-in person works, first to last; and planning one."""

    access = MappingProxyType({"get": Permission.STAFF, "post": Permission.ROSTER_WRITE})
    serializer_class = ShiftRow
    filterset_class = ShiftFilters
    ordering = ("starts_at", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[DutyShift]:
        """Return those the person may see."""
        return shifts_visible(actor=self.actor)

    @extend_schema(operation_id="rosters_list")
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Answer with a page of shifts and who is in them."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="rosters_create", request=ShiftInput, responses={201: ShiftOutput})
    def post(self, request: Request) -> Response:
        """Plan a shift; for the principals, the safety coordinator and the administrator."""

        def act(now: datetime) -> Response:
            given = ShiftInput(data=request.data)
            given.is_valid(raise_exception=True)
            shift = shift_add(actor=self.actor, draft=given.draft(), now=now)
            answer = shift_response(self, shift.id, status.HTTP_201_CREATED)
            answer["Location"] = request.build_absolute_uri(f"/api/v1/rosters/{shift.id}")
            return answer

        return idempotent(request, act)


class RosterDetailView(StaffView):
    """One shift; the ETag names its version."""

    access = MappingProxyType(
        {"get": Permission.STAFF, "patch": Permission.ROSTER_WRITE, "delete": Permission.ROSTER_WRITE}
    )
    uses_if_match = ("patch", "delete")
    answers_etag = ("get", "patch")
    is_conflicting = ("patch", "delete")

    @extend_schema(operation_id="rosters_retrieve", responses=ShiftOutput)
    def get(self, _request: Request, shift_id: UUID) -> Response:
        """Answer with the shift, or 404 for one that is not there for this person."""
        return shift_response(self, shift_id)

    @extend_schema(operation_id="rosters_update", request=ShiftInput(partial=True), responses=ShiftOutput)
    @transaction.atomic
    def patch(self, request: Request, shift_id: UUID) -> Response:
        """Change a shift that is not over; `slots` names everybody who is in it from now on."""
        shift = shift_lock(actor=self.actor, shift_id=shift_id)
        require_match(request, shift.version)
        given = ShiftInput(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        shift_change(actor=self.actor, shift=shift, draft=given.draft(shift), now=database_now())
        return shift_response(self, shift_id)

    @extend_schema(operation_id="rosters_delete", responses={204: None})
    @transaction.atomic
    def delete(self, request: Request, shift_id: UUID) -> Response:
        """Take back a shift that has not begun."""
        shift = shift_lock(actor=self.actor, shift_id=shift_id)
        require_match(request, shift.version)
        shift_remove(actor=self.actor, shift=shift, now=database_now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class RosterSwapView(StaffView):
    """Hand a slot over to a colleague, with a note."""

    uses_idempotency_key = True
    uses_if_match = True
    answers_etag = True

    @extend_schema(operation_id="rosters_swap", request=SwapInput, responses=ShiftOutput)
    def post(self, request: Request, shift_id: UUID, slot_id: UUID) -> Response:
        """Let a colleague take over; for whoever holds the slot and for the keepers of the rosters."""

        def act(now: datetime) -> Response:
            shift = shift_lock(actor=self.actor, shift_id=shift_id)
            slot = slot_get(shift=shift, slot_id=slot_id)
            self.require_over(slot.person_id, Permission.ROSTER_WRITE)
            require_match(request, shift.version)
            given = SwapInput(data=request.data)
            given.is_valid(raise_exception=True)
            taker, note = given.validated_data["taker"], given.validated_data["note"]
            slot_swap(actor=self.actor, shift=shift, slot=slot, taker_id=taker, note=note, now=now)
            return shift_response(self, shift_id)

        return idempotent(request, act)


class RosterTakeOverView(StaffView):
    """Take over somebody's part in a shift in an emergency."""

    uses_idempotency_key = True
    answers_etag = True
    is_conflicting = True

    @extend_schema(operation_id="rosters_take_over", request=TakeOverInput, responses=ShiftOutput)
    def post(self, request: Request, shift_id: UUID, slot_id: UUID) -> Response:
        """Step in from now on, without asking first; both are told. The shift is in force or begins within 12 hours."""

        def act(now: datetime) -> Response:
            shift = shift_lock(actor=self.actor, shift_id=shift_id)
            slot = slot_get(shift=shift, slot_id=slot_id)
            given = TakeOverInput(data=request.data)
            given.is_valid(raise_exception=True)
            slot_take_over(actor=self.actor, shift=shift, slot=slot, note=given.validated_data["note"], now=now)
            return shift_response(self, shift_id)

        return idempotent(request, act)


class AbsenceListView(StaffView, ListAPIView[Absence]):
    """One's own absences, or everybody's for the keepers of the rosters; and noting one."""

    serializer_class = AbsenceOutput
    filterset_class = AbsenceFilters
    ordering = ("starts_at", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[Absence]:
        """Return those the person may see."""
        return absences_visible(actor=self.actor)

    @extend_schema(operation_id="absences_list")
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Answer with a page of absences."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="absences_create", request=AbsenceInput, responses={201: AbsenceOutput, 202: None})
    def post(self, request: Request) -> Response:
        """Note an absence: one's own, or as a keeper of the rosters a colleague's.

        Answers 202 where a second person has to confirm it first (`/power-changes`).
        """

        def act(now: datetime) -> Response:
            given = AbsenceInput(data=request.data)
            given.is_valid(raise_exception=True)
            values = given.validated_data
            person_id = values["person"] or self.actor.person_id
            self.require_over(person_id, Permission.ABSENCES_WRITE)
            absence = absence_note(
                actor=self.actor,
                person_id=person_id,
                starts_at=values["starts_at"],
                ends_at=values["ends_at"],
                now=now,
            )
            if absence is None:
                return Response(status=status.HTTP_202_ACCEPTED)
            return Response(AbsenceOutput(absence).data, status=status.HTTP_201_CREATED)

        return idempotent(request, act)


class AbsenceDetailView(StaffView):
    """One absence."""

    is_conflicting = True

    @extend_schema(operation_id="absences_delete", responses={204: None})
    @transaction.atomic
    def delete(self, _request: Request, absence_id: int) -> Response:
        """Come back early: an absence that has begun ends now, one that has not is taken back."""
        absence = absence_lock(actor=self.actor, absence_id=absence_id)
        self.require_over(absence.person_id, Permission.ABSENCES_WRITE)
        absence_end(by=self.actor, absence=absence, now=database_now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def shift_response(view: StaffView, shift_id: UUID, code: int = status.HTTP_200_OK) -> Response:
    """Return a shift as the person sees it, with its entity tag."""
    shift = shift_get(actor=view.actor, shift_id=shift_id)
    body = ShiftOutput(shift, context={"swaps": swaps_visible(actor=view.actor, shift=shift)}).data
    return Response(body, status=code, headers={"ETag": etag(shift.version)})
