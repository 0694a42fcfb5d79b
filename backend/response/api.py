"""The API of response plans."""

from datetime import datetime

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.common.idempotency import idempotent
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView
from backend.response.selectors.plans import PlanStanding, plan_find, plan_standing, plans_standing
from backend.response.serializers import ApprovalInput, ResponsePlanOutput, ResponsePlanRow
from backend.response.services.approving import plan_approve, plan_confirm


class ResponsePlanListView(StaffView):
    """The response plans of the signed-in person's school."""

    @extend_schema(operation_id="response_plans_list", responses=ResponsePlanRow(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with every plan of the rulebook in use and how it stands; at most 40, none for the bureau."""
        return Response(ResponsePlanRow(plans_standing(actor=self.actor, now=database_now()), many=True).data)


class ResponsePlanDetailView(StaffView):
    """One response plan."""

    @extend_schema(operation_id="response_plans_retrieve", responses=ResponsePlanOutput)
    def get(self, _request: Request, code: str) -> Response:
        """Answer with its steps, and who has read it."""
        return _shown(self, plan_standing(actor=self.actor, code=code, now=database_now()))


class ResponsePlanApprovalView(StaffView):
    """The approval of a plan."""

    uses_idempotency_key = True

    @extend_schema(operation_id="response_plans_approve", request=ApprovalInput, responses=ResponsePlanOutput)
    def post(self, request: Request, code: str) -> Response:
        """Approve it as it is written, until a day; whoever it asks something of is asked to read it."""

        def act(now: datetime) -> Response:
            plan_find(actor=self.actor, code=code)
            self.actor.require(Permission.RESPONSES_APPROVE)
            given = ApprovalInput(data=request.data)
            given.is_valid(raise_exception=True)
            said = {"of_draft": given.validated_data["draft"], "seen": given.validated_data["seen"]}
            plan_approve(actor=self.actor, code=code, last_day=given.said, now=now, **said)
            return _shown(self, plan_standing(actor=self.actor, code=code, now=now))

        return idempotent(request, act)


class ResponsePlanReadingView(StaffView):
    """The word that one has read a plan."""

    uses_idempotency_key = True

    @extend_schema(operation_id="response_plans_confirm", request=None, responses=ResponsePlanOutput)
    def post(self, request: Request, code: str) -> Response:
        """Confirm that one has read one's part in it; once more is the same."""
        return idempotent(request, lambda now: _shown(self, plan_confirm(actor=self.actor, code=code, now=now)))


def _shown(view: StaffView, standing: PlanStanding) -> Response:
    return Response(ResponsePlanOutput(standing, context={"actor": view.actor}).data)
