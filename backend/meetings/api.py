"""The API of meetings."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.common.preconditions import require_match
from backend.common.serializers import StrictSerializer
from backend.meetings.models import Meeting, Outcome
from backend.meetings.selectors import meeting_get, meeting_still_shown, meetings_known
from backend.meetings.serializers import ItemInput, MeetingInput, MeetingOutput, MeetingRow, MinutesInput, WordsInput
from backend.meetings.services import (
    agenda_renew,
    item_act,
    item_add,
    item_note,
    item_take_off,
    meeting_call,
    meeting_end,
)
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView
from backend.workflow.action import Action
from backend.workflow.action_input import said_from
from backend.workflow.actions import BY_NAME
from backend.workflow.serializers import input_serializer


class MeetingListView(StaffView, ListAPIView[Meeting]):
    """The meetings of the signed-in person's school, the latest day at the top."""

    access = {"get": Permission.MEETINGS_READ, "post": Permission.MEETINGS_CALL}
    serializer_class = MeetingRow
    ordering = ("-day", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[Meeting]:
        """Return what the person takes part in."""
        return meetings_known(actor=self.actor)

    @extend_schema(operation_id="meetings_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="meetings_call", request=MeetingInput, responses={201: MeetingOutput})
    def post(self, request: Request) -> Response:
        """Call one: its agenda is made from what is overdue, came back, was promised, or waits for a decision."""

        def act(now: datetime) -> Response:
            given = _checked(MeetingInput, request)
            meeting_id = meeting_call(actor=self.actor, draft=given.draft(), now=now)
            return _shown(self, meeting_id, status.HTTP_201_CREATED)

        return idempotent(request, act, still_shown=partial(_still_shown, self))


class MeetingDetailView(StaffView):
    """One meeting."""

    access = Permission.MEETINGS_READ

    @extend_schema(operation_id="meetings_retrieve", responses=MeetingOutput)
    def get(self, _request: Request, meeting_id: UUID) -> Response:
        """Answer with the meeting, its agenda as far as the reader may know of it, and its minutes."""
        return _shown(self, meeting_id)


class MeetingRenewView(StaffView):
    """The agenda, made anew."""

    access = Permission.MEETINGS_CALL
    uses_idempotency_key = True

    @extend_schema(operation_id="meetings_renew", request=None, responses=MeetingOutput)
    def post(self, _request: Request, meeting_id: UUID) -> Response:
        """Answer with the meeting; what was added, taken off or settled stays."""
        return _changed(self, meeting_id, partial(agenda_renew, actor=self.actor, meeting_id=meeting_id))


class MeetingItemsView(StaffView):
    """The items of an agenda."""

    access = Permission.MEETINGS_CALL
    uses_idempotency_key = True

    @extend_schema(operation_id="meetings_add", request=ItemInput, responses=MeetingOutput)
    def post(self, request: Request, meeting_id: UUID) -> Response:
        """Put a ticket on the agenda with a word, or one that was taken off back on it."""

        def act(*, now: datetime) -> None:
            read = partial(_text, ItemInput, request)
            item_add(actor=self.actor, meeting_id=meeting_id, named=read("ticket"), words=read("words"), now=now)

        return _changed(self, meeting_id, act)


class MeetingTakeOffView(StaffView):
    """Taking an item off an agenda."""

    access = Permission.MEETINGS_CALL
    uses_idempotency_key = True

    @extend_schema(operation_id="meetings_take_off", request=WordsInput, responses=MeetingOutput)
    def post(self, request: Request, meeting_id: UUID, item_id: UUID) -> Response:
        """Answer with the meeting; the item stays visible as taken off, with the reason."""
        return _changed(self, meeting_id, _on_item(self, item_take_off, item_id, _text(WordsInput, request, "words")))


class MeetingNoteView(StaffView):
    """Leaving the ticket of an item as it is."""

    access = Permission.MEETINGS_CALL
    uses_idempotency_key = True

    @extend_schema(operation_id="meetings_note", request=WordsInput, responses=MeetingOutput)
    def post(self, request: Request, meeting_id: UUID, item_id: UUID) -> Response:
        """Record that it was noted, with the reason for which nothing is done."""
        return _changed(self, meeting_id, _on_item(self, item_note, item_id, _text(WordsInput, request, "words")))


class MeetingEndView(StaffView):
    """Closing the minutes of a meeting."""

    access = Permission.MEETINGS_CALL
    uses_idempotency_key = True

    @extend_schema(operation_id="meetings_end", request=MinutesInput, responses=MeetingOutput)
    def post(self, request: Request, meeting_id: UUID) -> Response:
        """Answer with the meeting, of which nothing changes any more."""

        def act(*, now: datetime) -> None:
            said = lambda: _checked(MinutesInput, request).minutes()  # noqa: E731
            meeting_end(actor=self.actor, meeting_id=meeting_id, minutes=said, now=now)

        return _changed(self, meeting_id, act)


class MeetingActionView(StaffView):
    """Take an action on the ticket of an item; `action_views` makes a view of it for each outcome."""

    taken: ClassVar[Action[Any]]
    access = Permission.MEETINGS_CALL
    uses_idempotency_key = True
    uses_if_match = True

    def post(self, request: Request, meeting_id: UUID, item_id: UUID) -> Response:
        """Answer with the meeting; the action is taken as on the ticket itself, whose version If-Match names."""

        def said() -> Any:
            given = input_serializer(self.taken)(data=request.data)
            given.is_valid(raise_exception=True)
            return said_from(self.taken.said, given.validated_data)

        given: dict[str, Any] = {"action": self.taken, "said": said, "expects": partial(require_match, request)}
        act = partial(item_act, actor=self.actor, meeting_id=meeting_id, item_id=item_id, **given)
        return _changed(self, meeting_id, act)


def action_views() -> dict[str, type[MeetingActionView]]:
    """Return a view for each action that can be the outcome of an item, by the action's name."""
    return {outcome.value: _action_view(BY_NAME[outcome]) for outcome in Outcome if outcome is not Outcome.NOTED}


def _action_view(action: Action[Any]) -> type[MeetingActionView]:
    members = {"__doc__": f"Take the action `{action.name}` on the ticket of an item.", "taken": action}
    view = type(f"Meeting{action.name.title().replace('-', '')}View", (MeetingActionView,), members)
    described = extend_schema(
        operation_id=f"meetings_{action.name.replace('-', '_')}",
        summary=f"Decide an item: {action.name.replace('-', ' ')}",
        request=input_serializer(action),
        responses=MeetingOutput,
    )
    return extend_schema_view(post=described)(view)


def _checked(shape: type[Any], request: Request) -> Any:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return given


def _text(shape: type[StrictSerializer], request: Request, name: str) -> Callable[[], str]:
    return lambda: str(_checked(shape, request).validated_data[name])


def _on_item(view: StaffView, act: Callable[..., None], item_id: UUID, words: Callable[[], str]) -> Callable[..., None]:
    return partial(act, actor=view.actor, meeting_id=view.kwargs["meeting_id"], item_id=item_id, words=words)


def _changed(view: StaffView, meeting_id: UUID, act: Callable[..., None]) -> Response:
    """Change a meeting once for each Idempotency-Key; a replay is for those who still know of all it names."""

    def change(now: datetime) -> Response:
        act(now=now)
        return _shown(view, meeting_id)

    return idempotent(view.request, change, still_shown=partial(_still_shown, view))


def _still_shown(view: StaffView, body: Any) -> Any:
    return meeting_still_shown(actor=view.actor, body=body)


def _shown(view: StaffView, meeting_id: UUID, code: int = status.HTTP_200_OK) -> Response:
    meeting = meeting_get(actor=view.actor, meeting_id=meeting_id)
    return Response(MeetingOutput(meeting, context={"actor": view.actor}).data, status=code)
