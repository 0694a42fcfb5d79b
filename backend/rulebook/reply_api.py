"""The API of standard replies."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.named import localised
from backend.common.serializers import StrictSerializer
from backend.organisation.staff_view import StaffView
from backend.rulebook.models import StandardReply
from backend.rulebook.replies import replies_of


class ReplyQuery(StrictSerializer):
    """Of which category replies are asked for."""

    category = serializers.CharField(
        max_length=10, required=False, default=None, help_text="Only those offered with this category."
    )


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

    asks = ReplyQuery

    @extend_schema(
        operation_id="replies_list",
        responses=StandardReplyOutput(many=True),
    )
    def get(self, _request: Request) -> Response:
        """Answer with every reply; there are at most 200."""
        replies: Any = replies_of(actor=self.actor, category=self.asked.validated_data["category"])
        return Response(StandardReplyOutput(replies, many=True).data)
