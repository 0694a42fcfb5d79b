"""The API by which a school sets its plans of rounds."""

from collections.abc import Callable
from datetime import datetime

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.organisation.permissions import Permission
from backend.organisation.selectors import school_get
from backend.organisation.staff_view import StaffView
from backend.rounds.plan_shapes import RoundPlanOutput
from backend.rounds.selectors.plans import plan_get
from backend.setup.plan_serializers import PlanAdditionInput, PlanChangeInput, choice_of
from backend.setup.services.plan_changes import plan_add, plan_change


class RoundPlanChangeView(StaffView):
    """Change a plan of the administrator's school."""

    access = Permission.CONFIGURATION_IMPORT
    uses_idempotency_key = True
    is_conflicting = frozenset({"post"})

    @extend_schema(operation_id="round_plans_change", request=PlanChangeInput, responses=RoundPlanOutput)
    def post(self, request: Request, code: str) -> Response:
        """Switch it on or off, shift its times, say for whom it is held; what has not opened is made anew."""

        def act(now: datetime) -> str:
            plan_get(actor=self.actor, code=code)
            self.actor.require(Permission.CONFIGURATION_WRITE)
            given = PlanChangeInput(data=request.data)
            given.is_valid(raise_exception=True)
            said = given.validated_data
            school, choice = school_get(actor=self.actor), choice_of(said)
            plan_change(actor=self.actor, school=school, code=code, choice=choice, seen=said["seen"], now=now)
            return code

        return _taken(self, act)


class RoundPlanAdditionView(StaffView):
    """Add a plan at the administrator's school."""

    access = Permission.CONFIGURATION_IMPORT
    uses_idempotency_key = True
    is_conflicting = frozenset({"post"})

    @extend_schema(operation_id="round_plans_add", request=PlanAdditionInput, responses=RoundPlanOutput)
    def post(self, request: Request) -> Response:
        """Take up another plan that asks the same as one there is, under a name and at times of its own."""

        def act(now: datetime) -> str:
            given = PlanAdditionInput(data=request.data)
            given.is_valid(raise_exception=True)
            said = given.validated_data
            return plan_add(
                actor=self.actor,
                school=school_get(actor=self.actor),
                like=said["like"],
                names={"zh": said["name_zh"], "en": said["name_en"]},
                choice=choice_of(said),
                seen=said["seen"],
                now=now,
            )

        return _taken(self, act)


def _taken(view: StaffView, act: Callable[[datetime], str]) -> Response:
    def change(now: datetime) -> Response:
        return Response(RoundPlanOutput(plan_get(actor=view.actor, code=act(now))).data)

    return idempotent(view.request, change)
