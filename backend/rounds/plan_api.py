"""The API of plans and checklists: the rules by which rounds are made at the signed-in person's school."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.organisation.staff_view import StaffView
from backend.rounds.plan_shapes import ChecklistOutput, RoundPlanOutput
from backend.rounds.selectors.plans import checklists_of, plans_of


class RoundPlanListView(StaffView):
    """The plans of rounds at the signed-in person's school."""

    @extend_schema(operation_id="round_plans_list", responses=RoundPlanOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with every plan of the rulebook in use, also those switched off; at most 60, none for the bureau."""
        return Response(RoundPlanOutput(plans_of(actor=self.actor), many=True).data)


class ChecklistListView(StaffView):
    """The checklists of rounds at the signed-in person's school."""

    @extend_schema(operation_id="checklists_list", responses=ChecklistOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with every checklist that a plan of the rulebook in use asks for."""
        return Response(ChecklistOutput(checklists_of(actor=self.actor), many=True).data)
