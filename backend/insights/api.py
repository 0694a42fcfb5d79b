"""The API of the figures."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.insights.selectors.figures import figures_of
from backend.insights.serializers import FiguresInput, FiguresOutput
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView


class FiguresView(StaffView):
    """Figures by week, for whoever answers for an office, a school or several."""

    access = Permission.FIGURES_READ
    may_be_missing = True
    asks = FiguresInput
    asked: FiguresInput

    @extend_schema(operation_id="insights_figures", responses=FiguresOutput)
    def get(self, _request: Request) -> Response:
        """Answer with the figures of a period: a head's own offices, a leader's school, the bureau's schools.

        Answers 404 for a school or an office of which the reader counts nothing.
        """
        asked = self.asked
        found = figures_of(actor=self.actor, period=asked.period, narrowing=asked.narrowing, now=database_now())
        return Response(FiguresOutput(found).data)
