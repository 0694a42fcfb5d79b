"""The API of drafts of response plans."""

from datetime import datetime

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.errors import NotFound
from backend.common.idempotency import idempotent
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView
from backend.response.draft_shapes import ResponseDraftInput, ResponseDraftOutput
from backend.response.selectors.plans import draft_of, plan_find
from backend.response.services.drafting import draft_drop, draft_write


class ResponseDraftView(StaffView):
    """The draft of a plan."""

    access = Permission.RESPONSES_APPROVE
    uses_idempotency_key = True

    @extend_schema(operation_id="response_plans_draft", responses=ResponseDraftOutput)
    def get(self, _request: Request, code: str) -> Response:
        """Answer with the steps as somebody would have them; none is not found."""
        return self._shown(code)

    @extend_schema(operation_id="response_plans_write", request=ResponseDraftInput, responses=ResponseDraftOutput)
    def post(self, request: Request, code: str) -> Response:
        """Write the steps otherwise; the plan stays as it is until they are approved."""

        def act(now: datetime) -> Response:
            given = ResponseDraftInput(data=request.data)
            draft_write(actor=self.actor, code=code, steps=given.said, seen=given.draft_seen, now=now)
            return self._shown(code)

        return idempotent(request, act)

    def _shown(self, code: str) -> Response:
        plan_find(actor=self.actor, code=code)
        row = draft_of(actor=self.actor, code=code)
        if row is None:
            raise NotFound
        return Response(ResponseDraftOutput(row).data)


class ResponseDraftDropView(StaffView):
    """Throwing the draft of a plan away."""

    access = Permission.RESPONSES_APPROVE
    uses_idempotency_key = True

    @extend_schema(operation_id="response_plans_drop_draft", request=None, responses={204: None})
    def post(self, request: Request, code: str) -> Response:
        """Throw it away; the plan stays as it is."""

        def act(_now: datetime) -> Response:
            draft_drop(actor=self.actor, code=code)
            return Response(status=status.HTTP_204_NO_CONTENT)

        return idempotent(request, act)
