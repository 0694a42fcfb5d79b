"""The API of what is kept."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.organisation.staff_view import StaffView
from backend.retention.periods import PERIODS
from backend.retention.selectors import account_of, keeping_of
from backend.retention.serializers import KeptOutput


class KeptView(StaffView):
    """The periods of keeping at the signed-in person's school, and the account of what was forgotten."""

    @extend_schema(operation_id="kept_retrieve", responses=KeptOutput)
    def get(self, _request: Request) -> Response:
        """Answer with the periods by the rules of the school, and how many of each kind were forgotten by day."""
        keeping = keeping_of(actor=self.actor)
        periods = [
            {"key": period.key, "of": period.of, "lasts": period.lasts_by(keeping), "ends": period.end.value}
            for period in PERIODS
        ]
        return Response(KeptOutput({"periods": periods, "forgotten": account_of(actor=self.actor)}).data)
