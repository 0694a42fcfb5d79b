"""The API of what has to be told outside."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.common.idempotency import idempotent
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView
from backend.outside.models import OutsideWord
from backend.outside.selectors.duties import duties_due, duty_shown, numbers_of, outside_of
from backend.outside.serializers import (
    ClockInput,
    FollowedUpInput,
    NumberOutput,
    OutsideDueOutput,
    OutsideDutiesOutput,
    OutsideDutyOutput,
    PhoneInput,
    ReasonInput,
    ToldInput,
)
from backend.outside.services.by_hand import duties_start, number_note
from backend.outside.services.saying import Said, word_say
from backend.workflow.models import Ticket
from backend.workflow.selectors import ticket_get_now
from backend.workflow.services.opening_log import ticket_opened


class OutsideDueView(StaffView):
    """Reports to somebody outside at the signed-in person's school."""

    access = Permission.OUTSIDE_JUDGE

    @extend_schema(operation_id="outside_duties_due", responses=OutsideDueOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with the reports that are to be made, at most 20, the soonest due first."""
        return Response(OutsideDueOutput(duties_due(actor=self.actor), many=True).data)


class TicketOutsideView(StaffView):
    """Reports to somebody outside because of a ticket."""

    uses_idempotency_key = True

    @extend_schema(operation_id="tickets_outside_duties", responses=OutsideDutiesOutput)
    def get(self, _request: Request, ticket_id: UUID) -> Response:
        """Answer with whom to tell, by when, at which number, and what was said about it."""
        ticket, now = ticket_get_now(actor=self.actor, ticket_id=ticket_id)
        ticket_opened(actor=self.actor, ticket=ticket, now=now)
        return Response(_of_ticket(self, ticket))

    @extend_schema(operation_id="tickets_outside_start", request=ClockInput, responses={201: OutsideDutiesOutput})
    def post(self, request: Request, ticket_id: UUID) -> Response:
        """Say that a report applies which the category does not call for; where it is open already, nothing changes."""

        def act(now: datetime) -> Response:
            duties_start(actor=self.actor, ticket_id=ticket_id, clock=ClockInput(data=request.data).key, now=now)
            return Response(self._shown(ticket_id), status=status.HTTP_201_CREATED)

        return idempotent(request, act, still_shown=lambda _body: self._shown(ticket_id))

    def _shown(self, ticket_id: UUID) -> Any:
        return _of_ticket(self, ticket_get_now(actor=self.actor, ticket_id=ticket_id)[0])


class OutsideToldView(StaffView):
    """The word that something was told."""

    uses_idempotency_key = True

    @extend_schema(operation_id="outside_tell", request=ToldInput, responses=OutsideDutyOutput)
    def post(self, request: Request, ticket_id: UUID, duty_id: UUID) -> Response:
        """Note that it was told: who told whom, when and by which way; nobody's leave is asked."""
        return _said(self, ticket_id, duty_id, ToldInput(data=request.data).said)


class OutsideFollowUpView(StaffView):
    """The word that something was told once more."""

    uses_idempotency_key = True

    @extend_schema(operation_id="outside_follow_up", request=FollowedUpInput, responses=OutsideDutyOutput)
    def post(self, request: Request, ticket_id: UUID, duty_id: UUID) -> Response:
        """Note what was told after the first time."""
        return _said(self, ticket_id, duty_id, FollowedUpInput(data=request.data).said)


class OutsideNotApplicableView(StaffView):
    """The word that a report does not apply."""

    uses_idempotency_key = True

    @extend_schema(operation_id="outside_put_aside", request=ReasonInput, responses=OutsideDutyOutput)
    def post(self, request: Request, ticket_id: UUID, duty_id: UUID) -> Response:
        """Say that it does not apply, and why; whoever leads judges that."""
        reason = ReasonInput(data=request.data)
        return _said(self, ticket_id, duty_id, lambda: reason.said_of(OutsideWord.Kind.NOT_APPLICABLE))


class OutsideAppliesView(StaffView):
    """The word that a report applies after all."""

    uses_idempotency_key = True

    @extend_schema(operation_id="outside_take_up", request=ReasonInput, responses=OutsideDutyOutput)
    def post(self, request: Request, ticket_id: UUID, duty_id: UUID) -> Response:
        """Say that it applies after all; it is due as it was."""
        reason = ReasonInput(data=request.data)
        return _said(self, ticket_id, duty_id, lambda: reason.said_of(OutsideWord.Kind.APPLIES))


class OutsideNumberListView(StaffView):
    """The numbers of those outside whom a school may have to tell."""

    @extend_schema(operation_id="outside_numbers_list", responses=NumberOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with everybody whom the rulebook in use names, at most 40; none for the bureau."""
        rows = [{"recipient": recipient, "phone": phone} for recipient, phone in numbers_of(actor=self.actor)]
        return Response(NumberOutput(rows, many=True).data)


class OutsideNumberView(StaffView):
    """The number of one recipient."""

    uses_idempotency_key = True

    @extend_schema(operation_id="outside_numbers_note", request=PhoneInput, responses=NumberOutput)
    def post(self, request: Request, code: str) -> Response:
        """Note the number at which the school reaches them."""

        def act(now: datetime) -> Response:
            number_note(actor=self.actor, recipient=code, phone=PhoneInput(data=request.data).said, now=now)
            found = next(row for row in numbers_of(actor=self.actor) if row[0].code == code)
            return Response(NumberOutput({"recipient": found[0], "phone": found[1]}).data)

        return idempotent(request, act)


def _of_ticket(view: StaffView, ticket: Ticket) -> Any:
    return OutsideDutiesOutput(outside_of(actor=view.actor, ticket=ticket), context={"ticket": ticket}).data


def _said(view: StaffView, ticket_id: UUID, duty_id: UUID, said: Callable[[], Said]) -> Response:
    def act(now: datetime) -> Response:
        word_say(actor=view.actor, ticket_id=ticket_id, duty_id=duty_id, said=said, now=now)
        return Response(_duty(view, ticket_id, duty_id))

    return idempotent(view.request, act, still_shown=lambda _body: _duty(view, ticket_id, duty_id))


def _duty(view: StaffView, ticket_id: UUID, duty_id: UUID) -> Any:
    """Return a report as its reader may see it; that what is said on a confidential ticket was read is recorded."""
    ticket, _now = ticket_get_now(actor=view.actor, ticket_id=ticket_id)
    ticket_opened(actor=view.actor, ticket=ticket, now=database_now())
    found = duty_shown(actor=view.actor, ticket=ticket, duty_id=duty_id)
    if found is None:
        raise NotFound
    return OutsideDutyOutput(found).data
