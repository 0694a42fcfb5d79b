"""The API of what was reported already, for whoever is about to report the same."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.organisation.staff_view import StaffView
from backend.portal.selectors import tickets_alike
from backend.portal.serializers import AlikeInput
from backend.workflow.serializers import TicketRow


class ReportAlikeView(StaffView):
    """Reports of a category at a place that are there already."""

    @extend_schema(operation_id="reports_alike", parameters=[AlikeInput], responses=TicketRow(many=True))
    def get(self, request: Request) -> Response:
        """Answer with up to three open tickets of the last day that the reader may know of, the latest first.

        A report that is filed with one of them as `earlier` goes on with it.
        """
        given = AlikeInput(data=request.query_params.dict())
        given.is_valid(raise_exception=True)
        category, place = given.validated_data["category"], str(given.validated_data["place"])
        found = tickets_alike(actor=self.actor, category=category, place_id=place, now=database_now())
        return Response(TicketRow(found, many=True).data)
