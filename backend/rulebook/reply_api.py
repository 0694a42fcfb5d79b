"""The API of standard replies: reading them, adding one, changing it and removing it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.common.named import localised
from backend.common.serializers import CleanTextField, StrictSerializer
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView
from backend.rulebook.models import LONGEST_REPLY, StandardReply
from backend.rulebook.replies import ReplyDraft, replies_of, reply_get, reply_put, reply_remove


class ReplyQuery(StrictSerializer):
    """Of which category replies are asked for."""

    category = serializers.CharField(
        max_length=10, required=False, default=None, help_text="Only those offered with this category."
    )


class StandardReplyInput(StrictSerializer):
    """A sentence in both languages, each on one line."""

    category = serializers.CharField(
        max_length=3,
        required=False,
        allow_blank=True,
        default="",
        help_text="Empty: it is offered with every category.",
    )
    text_zh = CleanTextField(max_length=LONGEST_REPLY, multiline=False)
    text_en = CleanTextField(max_length=LONGEST_REPLY, multiline=False)


class StandardReplyOutput(serializers.ModelSerializer[StandardReply]):
    """A sentence to write with; `text` is the one in the reader's language."""

    category = serializers.CharField(help_text="Empty where it is offered with every category.")
    text = serializers.SerializerMethodField()

    class Meta:
        model = StandardReply
        fields = ("id", "category", "text", "text_zh", "text_en")

    def get_text(self, reply: StandardReply) -> str:
        """Return the sentence in the reader's language."""
        return localised(reply, "text")


class StandardReplyListView(StaffView):
    """The standard replies of one's school."""

    access = {"get": Permission.STAFF, "post": Permission.CONFIGURATION_WRITE}
    asks = ReplyQuery
    uses_idempotency_key = True

    @extend_schema(
        operation_id="replies_list",
        responses=StandardReplyOutput(many=True),
    )
    def get(self, _request: Request) -> Response:
        """Answer with every reply; there are at most 200."""
        replies: Any = replies_of(actor=self.actor, category=self.asked.validated_data["category"])
        return Response(StandardReplyOutput(replies, many=True).data)

    @extend_schema(operation_id="replies_add", request=StandardReplyInput, responses={201: StandardReplyOutput})
    def post(self, request: Request) -> Response:
        """Add a reply."""

        def act(_now: datetime) -> Response:
            reply = reply_put(actor=self.actor, reply_id=None, draft=_draft(request))
            return Response(StandardReplyOutput(reply).data, status=status.HTTP_201_CREATED)

        return idempotent(request, act)


class StandardReplyView(StaffView):
    """One standard reply of one's school."""

    access = Permission.CONFIGURATION_WRITE
    is_conflicting = frozenset({"put"})

    @extend_schema(operation_id="replies_change", request=StandardReplyInput, responses=StandardReplyOutput)
    def put(self, request: Request, reply_id: UUID) -> Response:
        """Change it; what was written with it stays as it is."""
        reply_get(actor=self.actor, reply_id=reply_id)
        reply = reply_put(actor=self.actor, reply_id=reply_id, draft=_draft(request))
        return Response(StandardReplyOutput(reply).data)

    @extend_schema(operation_id="replies_remove", responses={204: None})
    def delete(self, _request: Request, reply_id: UUID) -> Response:
        """Remove it; what was written with it stays as it is."""
        reply_remove(actor=self.actor, reply_id=reply_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _draft(request: Request) -> ReplyDraft:
    sent = StandardReplyInput(data=request.data)
    sent.is_valid(raise_exception=True)
    return ReplyDraft(**sent.validated_data)
