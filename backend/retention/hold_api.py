"""The API of evidence of a person's matters: what is kept, keeping it, and ending that."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView
from backend.retention.selectors import hold_get, holds_known
from backend.retention.serializers import HoldReasonInput, PersonHoldInput, PersonHoldOutput
from backend.retention.services.holding import person_hold, person_hold_end
from backend.workflow.models import PersonHold


class PersonHoldListView(StaffView, ListAPIView[PersonHold]):
    """The people of whose matters evidence is kept, or was."""

    access = Permission.EVIDENCE_HOLD
    serializer_class = PersonHoldOutput
    ordering = ("-at", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[PersonHold]:
        """Return those at the actor's school but on themselves."""
        return holds_known(actor=self.actor)

    @extend_schema(operation_id="person_holds_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them, the latest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="person_holds_hold", request=PersonHoldInput, responses={201: PersonHoldOutput})
    def post(self, request: Request) -> Response:
        """Keep all tickets that concern somebody, which they reported or on which they worked, until it is ended."""

        def act(now: datetime) -> Response:
            sent = PersonHoldInput(data=request.data)
            sent.is_valid(raise_exception=True)
            person_id, words = sent.validated_data["person"], sent.validated_data["reason"]
            hold_id = person_hold(actor=self.actor, person_id=person_id, words=words, now=now)
            return Response(self._shown(hold_id), status=status.HTTP_201_CREATED)

        return idempotent(request, act, still_shown=lambda body: self._shown(body["id"]))

    def _shown(self, hold_id: int) -> Any:
        return PersonHoldOutput(hold_get(actor=self.actor, hold_id=hold_id)).data


class PersonHoldEndView(StaffView):
    """The end of one of them."""

    access = Permission.EVIDENCE_HOLD
    uses_idempotency_key = True

    @extend_schema(operation_id="person_holds_end", request=HoldReasonInput, responses=PersonHoldOutput)
    def post(self, request: Request, hold_id: int) -> Response:
        """End it; from then on the tickets go when their period is over."""

        def shown() -> Any:
            return PersonHoldOutput(hold_get(actor=self.actor, hold_id=hold_id)).data

        def act(now: datetime) -> Response:
            hold_get(actor=self.actor, hold_id=hold_id)
            sent = HoldReasonInput(data=request.data)
            sent.is_valid(raise_exception=True)
            person_hold_end(actor=self.actor, hold_id=hold_id, words=sent.validated_data["reason"], now=now)
            return Response(shown())

        return idempotent(request, act, still_shown=lambda _body: shown())
