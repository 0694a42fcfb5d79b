"""The API of kept promises."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.insights.handled_api import STEPS
from backend.insights.selectors.promises import Kept, PartPromises, promises_of
from backend.insights.serializers import FiguresInput, NamedOutput
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView


class PartPromisesOutput(serializers.Serializer[Any]):
    """A school or an office, and what was promised on its open reports in one month, whatever became of it since."""

    of = NamedOutput()
    month = serializers.DateField(help_text="Its first day; the month in which the date was promised first.")
    promised = serializers.IntegerField(allow_null=True, help_text=STEPS)
    kept = serializers.IntegerField(allow_null=True, help_text=f"Solved by the date named last. {STEPS}")
    late = serializers.IntegerField(allow_null=True, help_text=f"Solved after it. {STEPS}")
    changed = serializers.IntegerField(allow_null=True, help_text=f"The date was changed at least once. {STEPS}")
    broken = serializers.IntegerField(allow_null=True, help_text=f"The date is past, and it is not solved. {STEPS}")

    def to_representation(self, part: PartPromises) -> dict[str, Any]:
        """Write one part down."""
        counts = {kept.value: part.counts[kept].count for kept in Kept}
        return {"of": NamedOutput(part.of).data, "month": part.month.isoformat(), **counts}


class PromisesView(StaffView):
    """Kept promises, for whoever reads figures."""

    access = Permission.FIGURES_READ
    may_be_missing = True
    asks = FiguresInput
    asked: FiguresInput

    @extend_schema(operation_id="insights_promises", responses=PartPromisesOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with every school or office and month in which something was promised; whole months of the period."""
        asked = self.asked
        found = promises_of(actor=self.actor, period=asked.period, narrowing=asked.narrowing, now=database_now())
        return Response(PartPromisesOutput(found, many=True).data)
