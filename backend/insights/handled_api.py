"""The API of how reporters found it handled."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.insights.selectors.handled import PartHandled, handled_of
from backend.insights.serializers import FiguresInput, NamedOutput
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView
from backend.workflow.models import Handled

STEPS = "Rounded down to a multiple of 5; null: fewer than 5."


class PartHandledOutput(serializers.Serializer[Any]):
    """A school or an office, and how often reporters said each word of its open reports."""

    of = NamedOutput()
    well = serializers.IntegerField(allow_null=True, help_text=STEPS)
    partly = serializers.IntegerField(allow_null=True, help_text=STEPS)
    badly = serializers.IntegerField(allow_null=True, help_text=STEPS)

    def to_representation(self, part: PartHandled) -> dict[str, Any]:
        """Write one part down."""
        return {"of": NamedOutput(part.of).data, **{word.value: part.said[word].count for word in Handled}}


class HandledView(StaffView):
    """The word of reporters on how their reports were handled, for whoever reads figures."""

    access = Permission.FIGURES_READ
    may_be_missing = True
    asks = FiguresInput
    asked: FiguresInput

    @extend_schema(operation_id="insights_handled", responses=PartHandledOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with every school or office of which something was said; 404 for one of which nothing is counted."""
        asked = self.asked
        found = handled_of(actor=self.actor, period=asked.period, narrowing=asked.narrowing, now=database_now())
        return Response(PartHandledOutput(found, many=True).data)
