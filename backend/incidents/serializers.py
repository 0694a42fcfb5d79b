"""Shapes of reports in the API."""

from typing import Any

from rest_framework import serializers

from backend.common.serializers import AwareDateTimeField, CleanTextField, StrictSerializer
from backend.incidents.models import Report
from backend.organisation.serializers import PlaceOutput, UnitOutput
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.services import TicketDraft
from backend.workflow.states import State


class ReportInput(StrictSerializer):
    """What somebody files."""

    category = serializers.CharField(max_length=10)
    place = serializers.UUIDField(required=False, allow_null=True, default=None)
    occurred_at = AwareDateTimeField()
    description = CleanTextField(max_length=8000)
    persons_concerned = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=20, help_text="They never see it."
    )

    def draft(self) -> TicketDraft:
        """Return the checked values."""
        values: dict[str, Any] = self.validated_data
        return TicketDraft(
            category=values["category"],
            place_id=values["place"],
            occurred_at=values["occurred_at"],
            description=values["description"],
            persons_concerned=frozenset(values["persons_concerned"]),
        )


class ReportOutput(serializers.ModelSerializer[Report]):
    """A report as its reporter sees it."""

    reference = serializers.CharField(source="ticket.reference")
    state = serializers.ChoiceField(source="ticket.state", choices=State.choices)
    office = UnitOutput(source="ticket.owner")
    ticket = serializers.SerializerMethodField(help_text="The ticket's id; null for class K2, whose ticket is sealed.")
    place = PlaceOutput(allow_null=True)

    class Meta:
        model = Report
        fields = [
            "id",
            "reference",
            "state",
            "category",
            "place",
            "occurred_at",
            "description",
            "filed_at",
            "office",
            "ticket",
        ]

    def get_ticket(self, report: Report) -> str | None:
        """Return the ticket's id where the reporter may open it."""
        return None if report.ticket.confidentiality == Confidentiality.K2 else str(report.ticket_id)
