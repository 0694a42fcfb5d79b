"""The API of the leading group."""

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
from backend.responsibility.leading_shapes import GroupTodayOutput, LeadingGroupInput, LeadingGroupOutput
from backend.responsibility.models import LeadingGroup
from backend.responsibility.selectors.leading import group_get, group_of_today, groups_known
from backend.responsibility.serializers import LastDayInput
from backend.responsibility.services.leading import group_end, group_set


class LeadingGroupListView(StaffView, ListAPIView[LeadingGroup]):
    """The leading groups of the signed-in person's school."""

    access = {"get": Permission.STAFF, "post": Permission.GROUP_WRITE}
    serializer_class = LeadingGroupOutput
    ordering = ("-from_day", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[LeadingGroup]:
        """Return what everybody who works there may know."""
        return groups_known(actor=self.actor)

    @extend_schema(operation_id="leading_groups_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them, the latest first; former ones stay."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="leading_groups_set", request=LeadingGroupInput, responses={201: LeadingGroupOutput})
    def post(self, request: Request) -> Response:
        """Set a leading group up; the one until then leads until the day before."""

        def act(now: datetime) -> Response:
            group_id = group_set(actor=self.actor, draft=LeadingGroupInput(data=request.data).draft(), now=now)
            return Response(_group(self, group_id), status=status.HTTP_201_CREATED)

        return idempotent(request, act, still_shown=lambda body: _group(self, UUID(body["id"])))


class LeadingGroupTodayView(StaffView):
    """The leading group of today."""

    @extend_schema(operation_id="leading_groups_today", responses=GroupTodayOutput)
    def get(self, _request: Request) -> Response:
        """Answer with who sits on it by which post, or with null where the school has none."""
        return Response(GroupTodayOutput({"today": group_of_today(actor=self.actor, now=database_now())}).data)


class LeadingGroupEndView(StaffView):
    """The end of a leading group."""

    access = Permission.GROUP_WRITE
    uses_idempotency_key = True

    @extend_schema(operation_id="leading_groups_end", request=LastDayInput, responses=LeadingGroupOutput)
    def post(self, request: Request, group_id: UUID) -> Response:
        """Let it end with a day without another in its place."""

        def act(now: datetime) -> Response:
            group_get(actor=self.actor, group_id=group_id)
            until_day = LastDayInput(data=request.data).day()
            group_end(actor=self.actor, group_id=group_id, until_day=until_day, now=now)
            return Response(_group(self, group_id))

        return idempotent(request, act, still_shown=lambda _body: _group(self, group_id))


def _group(view: StaffView, group_id: UUID) -> Any:
    return LeadingGroupOutput(group_get(actor=view.actor, group_id=group_id)).data
