"""The API of who answers for what."""

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
from backend.responsibility.filters import ShareFilters
from backend.responsibility.models import Share
from backend.responsibility.selectors.gaps import gaps_known
from backend.responsibility.selectors.shares import offices_with_slots, share_get, shares_known, slot_get
from backend.responsibility.serializers import (
    LastDayInput,
    OfficeSlotInput,
    OfficeSlotOutput,
    OfficeSlotsOutput,
    PlaceShareInput,
    PlaceShareOutput,
    SchoolGapsOutput,
)
from backend.responsibility.services.sharing import share_end, share_set, slot_end, slot_set


class ShareListView(StaffView, ListAPIView[Share]):
    """The map of the signed-in person's school: who answers for which place, in which matter."""

    access = {"get": Permission.STAFF, "post": Permission.SHARES_WRITE}
    serializer_class = PlaceShareOutput
    filterset_class = ShareFilters
    ordering = ("-from_day", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[Share]:
        """Return what everybody who works there may know."""
        return shares_known(actor=self.actor)

    @extend_schema(operation_id="shares_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them, the latest first; former ones stay."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="shares_set", request=PlaceShareInput, responses={201: PlaceShareOutput})
    def post(self, request: Request) -> Response:
        """Name who answers for a place in a matter; whoever did so until then answers until the day before."""

        def act(now: datetime) -> Response:
            share_id = share_set(actor=self.actor, draft=PlaceShareInput(data=request.data).draft(), now=now)
            return Response(_share(self, share_id), status=status.HTTP_201_CREATED)

        return idempotent(request, act, still_shown=lambda body: _share(self, UUID(body["id"])))


class ShareView(StaffView):
    """One share."""

    @extend_schema(operation_id="shares_retrieve", responses=PlaceShareOutput)
    def get(self, _request: Request, share_id: UUID) -> Response:
        """Answer with it."""
        return Response(_share(self, share_id))


class ShareEndView(StaffView):
    """The end of a share."""

    access = Permission.SHARES_WRITE
    uses_idempotency_key = True

    @extend_schema(operation_id="shares_end", request=LastDayInput, responses=PlaceShareOutput)
    def post(self, request: Request, share_id: UUID) -> Response:
        """Let it end with a day without anybody in its place."""

        def act(now: datetime) -> None:
            until_day = _read(lambda: share_get(actor=self.actor, share_id=share_id), request)
            share_end(actor=self.actor, share_id=share_id, until_day=until_day, now=now)

        return _ended(self, act, lambda: _share(self, share_id))


class OfficeSlotListView(StaffView):
    """The offices of the signed-in person's school, each with its three slots."""

    access = {"get": Permission.STAFF, "post": Permission.SLOTS_WRITE}
    uses_idempotency_key = True

    @extend_schema(operation_id="office_slots_list", responses=OfficeSlotsOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with who is accountable for each by post, who is in charge of it, and who supports it."""
        found = offices_with_slots(actor=self.actor, now=database_now())
        return Response(OfficeSlotsOutput(found, many=True).data)

    @extend_schema(operation_id="office_slots_set", request=OfficeSlotInput, responses={201: OfficeSlotOutput})
    def post(self, request: Request) -> Response:
        """Put somebody in charge of an office in place of whoever was, or let somebody support it beside others."""

        def act(now: datetime) -> Response:
            slot_id = slot_set(actor=self.actor, draft=OfficeSlotInput(data=request.data).draft(), now=now)
            return Response(_slot(self, slot_id), status=status.HTTP_201_CREATED)

        return idempotent(request, act, still_shown=lambda body: _slot(self, UUID(body["id"])))


class OfficeSlotEndView(StaffView):
    """The end of somebody's slot of an office."""

    access = Permission.SLOTS_WRITE
    uses_idempotency_key = True

    @extend_schema(operation_id="office_slots_end", request=LastDayInput, responses=OfficeSlotOutput)
    def post(self, request: Request, slot_id: UUID) -> Response:
        """Let it end with a day."""

        def act(now: datetime) -> None:
            until_day = _read(lambda: slot_get(actor=self.actor, slot_id=slot_id), request)
            slot_end(actor=self.actor, slot_id=slot_id, until_day=until_day, now=now)

        return _ended(self, act, lambda: _slot(self, slot_id))


class GapsView(StaffView):
    """The report on what nobody answers for."""

    access = Permission.GAPS_READ

    @extend_schema(operation_id="gaps_list", responses=SchoolGapsOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with one's own school and every gap in it, or, for a bureau, with the numbers of each school."""
        found = gaps_known(actor=self.actor, now=database_now())
        return Response(SchoolGapsOutput(found, many=True).data)


def _read(known: Callable[[], object], request: Request) -> Any:
    """Look first whether it is known at all, then at what was sent."""
    known()
    return LastDayInput(data=request.data).day()


def _ended(view: StaffView, act: Callable[[datetime], None], shown: Callable[[], Any]) -> Response:
    def change(now: datetime) -> Response:
        act(now)
        return Response(shown())

    return idempotent(view.request, change, still_shown=lambda _body: shown())


def _share(view: StaffView, share_id: UUID) -> Any:
    return PlaceShareOutput(share_get(actor=view.actor, share_id=share_id)).data


def _slot(view: StaffView, slot_id: UUID) -> Any:
    return OfficeSlotOutput(slot_get(actor=view.actor, slot_id=slot_id)).data
