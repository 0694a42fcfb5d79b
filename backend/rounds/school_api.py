"""The API of the schools' own reports: school by school for the bureau, and what a report sums up."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView
from backend.rounds.class_shapes import DayQuery
from backend.rounds.school_shapes import RollUpOutput, SchoolOfDayOutput
from backend.rounds.selectors.board import schools_of_day
from backend.rounds.selectors.rollup import roll_up_of
from backend.rounds.selectors.showing import school_round_get


class RoundSchoolsView(StaffView):
    """The schools the signed-in person answers for, on a day."""

    access = Permission.ROUNDS_READ
    asks = DayQuery

    @extend_schema(operation_id="rounds_schools", responses=SchoolOfDayOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with each school: whether it has reported, and how its offices and classes stand."""
        day = self.asked.validated_data["day"]
        found = schools_of_day(actor=self.actor, day=day, now=database_now())
        return Response(SchoolOfDayOutput(found, many=True).data)


class RoundRollUpView(StaffView):
    """The day that a school's own report sums up."""

    @extend_schema(operation_id="rounds_roll_up", responses=RollUpOutput)
    def get(self, _request: Request, round_id: UUID) -> Response:
        """Answer with the offices' reports, sums of classes, what is new and urgent; 404 for rounds of units."""
        now = database_now()
        row = school_round_get(actor=self.actor, round_id=round_id, now=now)
        return Response(RollUpOutput(roll_up_of(actor=self.actor, row=row, now=now)).data)
