"""The API of the access log: who opened confidential tickets."""

from typing import Any

from django.db.models import QuerySet
from django_filters import FilterSet, UUIDFilter
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from backend.organisation.permissions import Permission
from backend.organisation.serializers import PersonOutput
from backend.organisation.staff_view import StaffView
from backend.workflow.models import TicketOpening
from backend.workflow.openings import openings_visible


class TicketOpeningOutput(serializers.ModelSerializer[TicketOpening]):
    """That somebody opened a confidential ticket; further readings within the same hour are not listed."""

    reference = serializers.CharField(source="ticket.reference", read_only=True)
    person = PersonOutput(read_only=True)

    class Meta:
        model = TicketOpening
        fields = ["ticket", "reference", "person", "opened_at", "is_paper"]
        read_only_fields = ["ticket", "opened_at", "is_paper"]


class OpeningFilters(FilterSet):  # type: ignore[misc]
    """Of which ticket the openings are asked for."""

    ticket = UUIDFilter(label="A ticket's id.")

    class Meta:
        model = TicketOpening
        fields: list[str] = []


@extend_schema_view(get=extend_schema(operation_id="access_log_list"))
class AccessLogView(StaffView, ListAPIView[Any]):
    """The record of who opened confidential tickets (K1, K2), newest first; for the school's student protection lead.

    Openings of tickets that concern the reader are left out.
    """

    access = Permission.ACCESS_LOG_READ
    serializer_class = TicketOpeningOutput
    filterset_class = OpeningFilters
    ordering = ("-opened_at", "id")

    def get_queryset(self) -> QuerySet[TicketOpening]:
        """Return what the person may see."""
        return openings_visible(actor=self.actor)
