"""The API of notices, of how they went out, and of what somebody wants to hear."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.notifications.filters import DeliveryFilter, NoticeFilter
from backend.notifications.models import Delivery, Notice
from backend.notifications.rendering import sentences_of
from backend.notifications.ringing import Group
from backend.notifications.selectors import choices_of, deliveries_visible, notice_get, notices_of
from backend.notifications.serializers import (
    ChoicesInput,
    ChoicesOutput,
    DeliveryOutput,
    NoticeDetailOutput,
    NoticeOutput,
    ReadUntilInput,
    UnreadOutput,
)
from backend.notifications.services import choices_set, notices_mark_read, notices_mark_until
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView


@extend_schema_view(get=extend_schema(operation_id="notices_list"))
class NoticeListView(StaffView, ListAPIView[Notice]):
    """The notices of the signed-in person, newest first."""

    serializer_class = NoticeOutput
    filterset_class = NoticeFilter
    ordering = ("-created_at", "id")

    def get_queryset(self) -> QuerySet[Notice]:
        """Return the person's own notices."""
        return notices_of(actor=self.actor)

    def list(self, request: Request, *args: Any, **options: Any) -> Response:  # noqa: ARG002 - the framework's
        """Answer with a page; what its sentences depend on is read at once."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        context = {"sentences": sentences_of(actor=self.actor, notices=rows)}
        return self.get_paginated_response(NoticeOutput(rows, many=True, context=context).data)


class NoticeView(StaffView):
    """One thing the signed-in person was told, and how it went out."""

    @extend_schema(operation_id="notices_retrieve", responses=NoticeDetailOutput)
    def get(self, _request: Request, notice_id: UUID) -> Response:
        """Answer with the notice and its deliveries."""
        return _shown(self.actor, notice_id)


class NoticeReadView(StaffView):
    """Mark one notice as read."""

    uses_idempotency_key = True

    @extend_schema(operation_id="notices_read", request=None, responses=NoticeDetailOutput)
    def post(self, request: Request, notice_id: UUID) -> Response:
        """Answer with the notice as it is then; one that was read keeps the time at which it was."""

        def act(now: datetime) -> Response:
            notices_mark_read(actor=self.actor, notice_ids=[notice_id], now=now)
            return _shown(self.actor, notice_id)

        return idempotent(request, act, still_shown=lambda _body: _shown(self.actor, notice_id).data)


class NoticesReadView(StaffView):
    """Mark everything up to one notice as read."""

    uses_idempotency_key = True
    may_be_missing = True

    @extend_schema(operation_id="notices_read_until", request=ReadUntilInput, responses=UnreadOutput)
    def post(self, request: Request) -> Response:
        """Answer with how many are unread then; the notice named and all older ones are read."""

        def act(now: datetime) -> Response:
            given = ReadUntilInput(data=request.data)
            given.is_valid(raise_exception=True)
            left = notices_mark_until(actor=self.actor, notice_id=given.validated_data["until"], now=now)
            return Response(UnreadOutput({"unread": left}).data)

        return idempotent(request, act)


def _shown(actor: Actor, notice_id: UUID) -> Response:
    notice = notice_get(actor=actor, notice_id=notice_id)
    context = {"sentences": sentences_of(actor=actor, notices=[notice])}
    return Response(NoticeDetailOutput(notice, context=context).data)


@extend_schema_view(get=extend_schema(operation_id="deliveries_list"))
class DeliveryListView(StaffView, ListAPIView[Delivery]):
    """Deliveries of the school by status, newest first; for the safety coordinator and the administrator."""

    access = Permission.DELIVERIES_READ
    serializer_class = DeliveryOutput
    filterset_class = DeliveryFilter
    ordering = ("-created_at", "id")

    def get_queryset(self) -> QuerySet[Delivery]:
        """Return what the person may see."""
        status = self.request.query_params.get("status", Delivery.Status.FAILED)
        return deliveries_visible(actor=self.actor, status=status)


class ChoicesView(StaffView):
    """By which of their channels the signed-in person hears of what."""

    @extend_schema(operation_id="me_choices_retrieve", responses=ChoicesOutput)
    def get(self, _request: Request) -> Response:
        """Answer with every group."""
        return self._answer()

    @extend_schema(operation_id="me_choices_update", request=ChoicesInput, responses=ChoicesOutput)
    def put(self, request: Request) -> Response:
        """Set the groups named, and answer with every group."""
        given = ChoicesInput(data=request.data)
        given.is_valid(raise_exception=True)
        chosen = {Group(row["group"]): row["channels"] for row in given.validated_data["choices"]}
        choices_set(actor=self.actor, chosen=chosen)
        return self._answer()

    def _answer(self) -> Response:
        return Response(ChoicesOutput({"choices": choices_of(actor=self.actor)}).data)
