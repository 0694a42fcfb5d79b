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

    @extend_schema(operation_id="insights_figures", parameters=[FiguresInput], responses=FiguresOutput)
    def get(self, request: Request) -> Response:
        """Answer with the figures of a period: a head's own offices, a leader's school, the bureau's schools.

        Answers 404 for a school or an office of which the reader counts nothing.
        """
        given = FiguresInput(data=request.query_params.dict())
        given.is_valid(raise_exception=True)
        found = figures_of(actor=self.actor, period=given.period, narrowing=given.narrowing, now=database_now())
        return Response(FiguresOutput(found).data)
