"""Published results as the API shows them."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.workflow.models import PublishedResult, Ticket
from backend.workflow.results import result_of


class ResultOutput(serializers.ModelSerializer[PublishedResult]):
    """The problem, what was done, and when that was published; without names, and without the ticket."""

    class Meta:
        model = PublishedResult
        fields = ("what", "fix", "published_at")


class ResultShown(serializers.Serializer[Any]):
    """The part of a ticket that tells what was published of it."""

    result = serializers.SerializerMethodField(help_text="Null while nothing is published.")

    SHOWN: ClassVar[tuple[str, ...]] = ("result",)

    @extend_schema_field(ResultOutput(allow_null=True))
    def get_result(self, ticket: Ticket) -> Any:
        """Return what was published."""
        result = result_of(ticket=ticket)
        return ResultOutput(result).data if result else None
