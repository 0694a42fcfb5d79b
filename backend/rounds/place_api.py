"""The API of the places that rounds go over: ticking one off, and the gaps of a day."""

from datetime import datetime
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.organisation.staff_view import StaffView
from backend.rounds.api import round_changed
from backend.rounds.class_shapes import ClassesQuery
from backend.rounds.selectors.places import places_of_day
from backend.rounds.serializers import RoundOutput
from backend.rounds.services.visiting import place_visit
from backend.rounds.visit_shapes import RouteOfDayOutput, VisitInput, visit_read


class RoundVisitsView(StaffView):
    """Tick off a place of a round's route, in person."""

    uses_idempotency_key = True

    @extend_schema(operation_id="rounds_visit", request=VisitInput, responses=RoundOutput)
    def post(self, request: Request, round_id: UUID) -> Response:
        """Answer with the round as it is afterwards; all well is said of the whole once every place was visited."""

        def act(now: datetime) -> None:
            place_visit(actor=self.actor, round_id=round_id, told=lambda: visit_read(request.data), now=now)

        return round_changed(self, round_id, act)


class RoundPlacesView(StaffView):
    """The places that a school's patrols and walks go over on a day."""

    asks = ClassesQuery

    @extend_schema(operation_id="rounds_places", responses=RouteOfDayOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with each patrol and walk: at which turn somebody was at which place, and where nobody was."""
        day, school_id = self.asked.validated_data["day"], self.asked.validated_data["school"]
        found = places_of_day(actor=self.actor, day=day, school_id=school_id, now=database_now())
        return Response(RouteOfDayOutput(found, many=True).data)
