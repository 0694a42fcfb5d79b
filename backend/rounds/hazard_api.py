"""The API of the hazard register."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.organisation.staff_view import StaffView
from backend.rounds.hazard_filters import HazardFilters
from backend.rounds.hazard_shapes import HazardOutput, HazardTotalsOutput
from backend.rounds.selectors.hazards import hazard_totals, hazards_known, hazards_of
from backend.workflow.models import Ticket


@extend_schema_view(get=extend_schema(operation_id="hazards_list"))
class HazardListView(StaffView, ListAPIView[Ticket]):
    """The hazards that the signed-in person may know of, the newest first; nothing confidential, and no exercise."""

    serializer_class = HazardOutput
    filterset_class = HazardFilters
    ordering = ("-filed_at", "id")

    def get_queryset(self) -> QuerySet[Ticket]:
        """Return what the person may know of."""
        return hazards_known(actor=self.actor)

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        """Return the lines of the page that is asked for."""
        page = super().paginate_queryset(queryset) or []
        return list(hazards_of(actor=self.actor, tickets=page, now=database_now()))


class HazardTotalsView(StaffView):
    """The sums of the hazard register."""

    @extend_schema(operation_id="hazards_totals", responses=HazardTotalsOutput)
    def get(self, _request: Request) -> Response:
        """Answer with how many hazards stand where, of those one may know of."""
        totals = hazard_totals(tickets=hazards_known(actor=self.actor), now=database_now())
        return Response(HazardTotalsOutput(totals).data)
