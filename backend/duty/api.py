"""The API of who one is and which duty one is on, and of who would be reached."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.common.errors import Invalid
from backend.duty.selectors import duties_now, reach_explained
from backend.duty.serializers import MeOutput, ReachOutput, ReachQuery
from backend.organisation.permissions import Permission
from backend.organisation.roles import UNIT_ROLES, Role
from backend.organisation.selectors import time_zone_of
from backend.organisation.staff_view import StaffView


class UnitMissing(Invalid):
    """The role is held in a unit, and none was named."""

    code = "unit_missing"
    title = _("People in this role work in an office or grade group. Please say which.")


class MeView(StaffView):
    """The signed-in person: their posts, permissions and present duty."""

    @extend_schema(operation_id="me_retrieve", responses=MeOutput)
    def get(self, request: Request) -> Response:
        """Answer with the signed-in person."""
        context = {
            "language": request.user.language,  # type: ignore[union-attr]  # only people have a person
            "time_zone": time_zone_of(actor=self.actor),
            "duties": duties_now(actor=self.actor, now=database_now()),
        }
        return Response(MeOutput(self.actor, context=context).data)


class ReachView(StaffView):
    """The people who would be reached in a role, and those who were passed over, with the reason."""

    access = Permission.REACH_READ
    may_be_missing = True
    asks = ReachQuery

    @extend_schema(operation_id="reachable_retrieve", responses=ReachOutput)
    def get(self, _request: Request) -> Response:
        """Answer for one's own school, now or at an instant; for its leaders, the coordinator, the administrator."""
        asked = self.asked.validated_data
        role, unit_id = Role(asked["role"]), asked["unit"]
        if unit_id is None and role in UNIT_ROLES:
            raise UnitMissing(pointer="/unit")
        reached, people = reach_explained(
            actor=self.actor, role=role, unit_id=unit_id, now=asked["at"] or database_now()
        )
        return Response(ReachOutput(reached, context={"people": people}).data)
