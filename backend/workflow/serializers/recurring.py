"""Shapes of problems that came back, as the API shows them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.rulebook.ruleset import Severity
from backend.workflow.recurred import Before
from backend.workflow.serializers.outcome import FixOutput


class BeforeOutput(serializers.Serializer[Any]):
    """An earlier ticket about the same, how it was solved, and what was said then."""

    id = serializers.UUIDField(source="ticket.id")
    reference = serializers.CharField(source="ticket.reference")
    filed_at = serializers.DateTimeField(source="ticket.filed_at")
    closed_at = serializers.DateTimeField(source="ticket.closed_at", allow_null=True)
    fix = serializers.SerializerMethodField()
    note = serializers.CharField()

    @extend_schema_field(FixOutput(allow_null=True))
    def get_fix(self, before: Before) -> Any:
        """Return how it was solved."""
        return FixOutput(before.fix).data if before.fix else None


class RecurrenceOutput(serializers.Serializer[Any]):
    """That the problem came back: the how-manieth time, how urgent it was before, and the earlier tickets.

    Of these those that the reader may know of, the last one first.
    """

    number = serializers.IntegerField(source="recurrence.number", help_text="Two where it came back once.")
    severity_was = serializers.ChoiceField(source="recurrence.severity_was", choices=Severity.choices)
    before = BeforeOutput(many=True)
    is_unexplained = serializers.BooleanField(
        help_text="It came back before too, and nobody has found the cause of that yet. Never of an exercise."
    )
