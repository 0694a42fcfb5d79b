"""The API of what was reported already, for whoever is about to report the same."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.organisation.staff_view import StaffView
from backend.portal.selectors import tickets_alike
from backend.portal.serializers import AlikeInput
from backend.rulebook.selectors import category_is_known
from backend.workflow.errors import UnknownCategory
from backend.workflow.serializers import TicketRow


class ReportAlikeView(StaffView):
    """Reports of a category at a place that are there already."""

    asks = AlikeInput

    @extend_schema(operation_id="reports_alike", responses=TicketRow(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with up to three open tickets of the last day that the reader may know of, the latest first.

        A report that is filed with one of them as `earlier` goes on with it.
        """
        category, place = self.asked.validated_data["category"], str(self.asked.validated_data["place"])
        if not category_is_known(actor=self.actor, category=category):
            raise UnknownCategory(pointer="/category")
        found = tickets_alike(actor=self.actor, category=category, place_id=place, now=database_now())
        return Response(TicketRow(found, many=True).data)
