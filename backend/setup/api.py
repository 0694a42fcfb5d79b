"""The API of leaving."""

from datetime import datetime
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.common.idempotency import idempotent
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView
from backend.setup.selectors.leaving import leaving_get
from backend.setup.serializers import LeavingInput, LeavingOutput, LeftOutput
from backend.setup.services.leaving import person_leave


class LeavingView(StaffView):
    """Somebody leaves: looked at first, then done in one act."""

    access = Permission.PEOPLE_END
    uses_idempotency_key = True
    is_conflicting = frozenset({"post"})

    @extend_schema(operation_id="people_leaving_retrieve", responses=LeavingOutput)
    def get(self, _request: Request, person_id: UUID) -> Response:
        """Answer with everything that would end, and who is there in their place; nothing changes."""
        return Response(LeavingOutput(leaving_get(actor=self.actor, person_id=person_id, now=database_now())).data)

    @extend_schema(operation_id="people_leave", request=LeavingInput, responses=LeftOutput)
    def post(self, request: Request, person_id: UUID) -> Response:
        """End it all now: posts, account, tokens and sessions; tickets and duty go to others."""

        def act(now: datetime) -> Response:
            given = LeavingInput(data=request.data)
            given.is_valid(raise_exception=True)
            taker_id = given.validated_data["taker"]
            left = person_leave(actor=self.actor, person_id=person_id, taker_id=taker_id, now=now)
            return Response(LeftOutput(left).data)

        return idempotent(request, act)
