"""Shapes of merged tickets in the API: where one went, and what went into one."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.organisation.serializers import PersonOutput
from backend.workflow.merged import MergedInto, MergedTicket
from backend.workflow.serializers.events import TicketEventOutput

BY_REPORTER = "Null where its reporter said so when filing."


class MergedIntoOutput(serializers.Serializer[Any]):
    """The ticket into which one was merged, by whom and when; its id where the reader may open it."""

    id = serializers.SerializerMethodField()
    reference = serializers.CharField(source="merge.into.reference")
    state = serializers.CharField(source="merge.into.state")
    merged_by = PersonOutput(source="merge.merged_by", allow_null=True, help_text=BY_REPORTER)
    merged_at = serializers.DateTimeField(source="merge.merged_at")

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_id(self, gone: MergedInto) -> str | None:
        """Return the ticket's id."""
        return str(gone.merge.into_id) if gone.is_open else None


class MergedOutput(serializers.Serializer[Any]):
    """A ticket that was merged into the one asked for; its reports and files are listed with those of that one."""

    id = serializers.UUIDField(source="merge.ticket_id")
    reference = serializers.CharField(source="merge.ticket.reference")
    description = serializers.CharField(source="merge.ticket.description")
    occurred_at = serializers.DateTimeField(source="merge.ticket.occurred_at")
    filed_at = serializers.DateTimeField(source="merge.ticket.filed_at")
    merged_by = PersonOutput(source="merge.merged_by", allow_null=True, help_text=BY_REPORTER)
    merged_at = serializers.DateTimeField(source="merge.merged_at")
    said = serializers.SerializerMethodField()

    @extend_schema_field(TicketEventOutput(many=True))
    def get_said(self, merged: MergedTicket) -> Any:
        """Return what people wrote about it, first to last."""
        context = {**self.context, "ticket": merged.merge.ticket}
        return TicketEventOutput(merged.said, many=True, context=context).data
