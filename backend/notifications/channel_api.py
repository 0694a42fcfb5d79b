"""The API of one's own channels: add, prove with a code, remove."""

from datetime import datetime

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.common.idempotency import idempotent
from backend.notifications.selectors import channels_of
from backend.notifications.serializers import ChannelInput, ChannelOutput, CodeInput
from backend.organisation.models import ContactChannel
from backend.organisation.services import channel_add, channel_code_send, channel_remove, channel_verify
from backend.organisation.staff_view import StaffView


class ChannelListView(StaffView, ListAPIView[ContactChannel]):
    """The channels by which the signed-in person can be reached; at most five."""

    uses_idempotency_key = True
    is_conflicting = frozenset({"post"})
    serializer_class = ChannelOutput
    ordering = ("id",)

    def get_queryset(self) -> QuerySet[ContactChannel]:
        """Return the person's own channels."""
        return channels_of(actor=self.actor)

    @extend_schema(operation_id="me_channels_list")
    def get(self, request: Request, *args: object, **options: object) -> Response:
        """Answer with the channels."""
        return super().get(request, *args, **options)

    @extend_schema(operation_id="me_channels_create", request=ChannelInput, responses={201: ChannelOutput})
    def post(self, request: Request) -> Response:
        """Add a channel and send a code through it."""

        def act(now: datetime) -> Response:
            given = ChannelInput(data=request.data)
            given.is_valid(raise_exception=True)
            channel = channel_add(actor=self.actor, now=now, **given.validated_data)
            return Response(ChannelOutput(channel).data, status=201)

        return idempotent(request, act)


class ChannelView(StaffView):
    """One channel of the signed-in person."""

    is_conflicting = frozenset({"delete"})

    @extend_schema(operation_id="me_channels_destroy", responses={204: None})
    def delete(self, _request: Request, channel_id: int) -> Response:
        """Remove it; the last one that counts stays."""
        channel_remove(actor=self.actor, channel_id=channel_id, now=database_now())
        return Response(status=204)


class ChannelCodeView(StaffView):
    """Send a new code through a channel that is not verified yet."""

    uses_idempotency_key = True

    @extend_schema(operation_id="me_channels_send_code", request=None, responses=ChannelOutput)
    def post(self, request: Request, channel_id: int) -> Response:
        """Answer with the channel; the code before this one is void."""

        def act(now: datetime) -> Response:
            channel = channel_code_send(actor=self.actor, channel_id=channel_id, now=now)
            return Response(ChannelOutput(channel).data)

        return idempotent(request, act)


class ChannelVerifyView(StaffView):
    """Type the code that was sent; no Idempotency-Key, since doing it twice is doing it once."""

    is_conflicting = frozenset({"post"})

    @extend_schema(operation_id="me_channels_verify", request=CodeInput, responses=ChannelOutput)
    def post(self, request: Request, channel_id: int) -> Response:
        """Answer with the channel, which counts from now on; the fifth wrong code voids it."""
        if not channels_of(actor=self.actor).filter(id=channel_id).exists():
            raise NotFound
        given = CodeInput(data=request.data)
        given.is_valid(raise_exception=True)
        code = given.validated_data["code"]
        channel = channel_verify(actor=self.actor, channel_id=channel_id, code=code, now=database_now())
        return Response(ChannelOutput(channel).data)
