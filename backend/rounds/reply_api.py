"""The API of answers that a school owes an authority because of a visit."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView
from backend.rounds.outside_shapes import OutsideVisitOutput
from backend.rounds.reply_shapes import ReplyAskedInput, ReplyGivenInput, ReplyMovedInput, asked_of, moved_of
from backend.rounds.selectors.outside import visit_get, visit_shown
from backend.rounds.services.replying import reply_answer, reply_ask, reply_move


class ReplyView(StaffView):
    """The base of every word on an answer: the visit is looked up first, and answers with all of it."""

    access = Permission.ROUNDS_REQUEST
    uses_idempotency_key = True

    def said(self, request: Request, visit_id: UUID, act: Callable[[datetime], object]) -> Response:
        """Carry a word out once, and answer with the visit as it stands then."""

        def done(now: datetime) -> Response:
            visit_get(actor=self.actor, visit_id=visit_id)
            act(now)
            return Response(self._shown(visit_id))

        return idempotent(request, done, still_shown=lambda _body: self._shown(visit_id))

    def _shown(self, visit_id: UUID) -> Any:
        row = visit_shown(actor=self.actor, visit_id=visit_id)
        return OutsideVisitOutput(row, context={"actor": self.actor}).data


class OutsideRepliesView(ReplyView):
    """The answers that a visit calls for."""

    @extend_schema(operation_id="outside_visits_want_reply", request=ReplyAskedInput, responses=OutsideVisitOutput)
    def post(self, request: Request, visit_id: UUID) -> Response:
        """Note by which day an answer is wanted; the same open day again is the same answer."""

        def act(now: datetime) -> object:
            day, reason = asked_of(request.data)
            return reply_ask(actor=self.actor, visit_id=visit_id, day=day, reason=reason, now=now)

        return self.said(request, visit_id, act)


class OutsideReplyMoveView(ReplyView):
    """Another day of an answer."""

    @extend_schema(operation_id="outside_visits_move_reply", request=ReplyMovedInput, responses=OutsideVisitOutput)
    def post(self, request: Request, visit_id: UUID, reply_id: UUID) -> Response:
        """Set another day, with the reason; an answer that was given is wanted again, and both days stay on record."""

        def act(now: datetime) -> object:
            day, reason = moved_of(request.data)
            return reply_move(actor=self.actor, visit_id=visit_id, reply_id=reply_id, day=day, reason=reason, now=now)

        return self.said(request, visit_id, act)


class OutsideReplyAnswerView(ReplyView):
    """The word that an answer was given."""

    @extend_schema(operation_id="outside_visits_answer", request=ReplyGivenInput, responses=OutsideVisitOutput)
    def post(self, request: Request, visit_id: UUID, reply_id: UUID) -> Response:
        """Note on which day it was given and under which reference; once more it corrects, with a reason."""

        def act(now: datetime) -> object:
            word = ReplyGivenInput(data=request.data).word()
            return reply_answer(actor=self.actor, visit_id=visit_id, reply_id=reply_id, word=word, now=now)

        return self.said(request, visit_id, act)
