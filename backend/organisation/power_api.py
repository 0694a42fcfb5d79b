"""The API of changes that wait for a second person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.common.serializers import StrictSerializer
from backend.organisation.models import PendingPower
from backend.organisation.permissions import Permission
from backend.organisation.powers import GOOD_FOR
from backend.organisation.selectors.powers import power_lock, powers_visible
from backend.organisation.serializers import PersonOutput
from backend.organisation.services.powers import power_confirm, power_refuse
from backend.organisation.staff_view import StaffView


class PowerFilters(FilterSet):  # type: ignore[misc]
    """The filters of changes."""

    outcome = ChoiceFilter(choices=PendingPower.Outcome.choices)

    class Meta:
        model = PendingPower
        fields: list[str] = []


class PowerInput(StrictSerializer):
    """Nothing has to be said."""


class PowerOutput(serializers.ModelSerializer[PendingPower]):
    """A change of power over people that waits, or waited, for a second person."""

    person = PersonOutput(help_text="Whose power, address, account or absence it is about.")
    asked_by = PersonOutput(allow_null=True, help_text="Null for a command or an import.")
    decided_by = PersonOutput(allow_null=True)
    lapses_at = serializers.SerializerMethodField(help_text="When it is gone unless somebody confirms it.")
    details = serializers.SerializerMethodField(help_text="What will be written, for example `address` or `ends_at`.")

    class Meta:
        model = PendingPower
        fields = [
            *("id", "kind", "school", "bureau", "person", "role", "details", "asked_by", "asked_at", "lapses_at"),
            *("outcome", "decided_by", "decided_at"),
        ]

    def get_lapses_at(self, pending: PendingPower) -> datetime:
        """Return the end of the seven days."""
        return pending.asked_at + GOOD_FOR

    def get_details(self, pending: PendingPower) -> dict[str, Any]:
        """Return what the change says beyond its kind and person."""
        return dict(pending.change)


@extend_schema_view(get=extend_schema(operation_id="power_changes_list"))
class PowerListView(StaffView, ListAPIView[PendingPower]):
    """Changes of power over people, the latest first; for those who can confirm them."""

    access = Permission.POWERS_CONFIRM
    serializer_class = PowerOutput
    filterset_class = PowerFilters
    ordering = ("-asked_at", "id")

    def get_queryset(self) -> QuerySet[PendingPower]:
        """Return those the person may see."""
        return powers_visible(actor=self.actor)


class PowerConfirmView(StaffView):
    """Let a change take effect."""

    access = Permission.POWERS_CONFIRM
    uses_idempotency_key = True

    @extend_schema(operation_id="power_changes_confirm", request=PowerInput, responses=PowerOutput)
    def post(self, request: Request, power_id: UUID) -> Response:
        """Answer with the change; neither who asked for it nor whom it is about can confirm it."""

        def act(now: datetime) -> Response:
            pending = power_lock(actor=self.actor, power_id=power_id)
            PowerInput(data=request.data).is_valid(raise_exception=True)
            return Response(PowerOutput(power_confirm(actor=self.actor, pending=pending, now=now)).data)

        return idempotent(request, act)


class PowerRefuseView(StaffView):
    """Let a change go."""

    access = Permission.POWERS_CONFIRM
    uses_idempotency_key = True

    @extend_schema(operation_id="power_changes_refuse", request=PowerInput, responses=PowerOutput)
    def post(self, request: Request, power_id: UUID) -> Response:
        """Answer with the change; nothing is written."""

        def act(now: datetime) -> Response:
            pending = power_lock(actor=self.actor, power_id=power_id)
            PowerInput(data=request.data).is_valid(raise_exception=True)
            return Response(PowerOutput(power_refuse(actor=self.actor, pending=pending, now=now)).data)

        return idempotent(request, act)
