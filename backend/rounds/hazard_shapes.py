"""Shapes of the hazard register in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.named import localised
from backend.organisation.serializers import PlaceOutput, UnitOutput
from backend.rounds.hazard_rules import FoundBy, HazardState
from backend.rounds.models import Authority
from backend.rounds.selectors.hazards import Hazard
from backend.rounds.serializers import plan_of
from backend.rulebook.ruleset import Severity
from backend.rulebook.selectors import ruleset_get


class HazardOutput(serializers.Serializer[Any]):
    """A line of the hazard register."""

    ticket = serializers.UUIDField(source="ticket.id")
    reference = serializers.CharField(source="ticket.reference")
    school = serializers.UUIDField(source="ticket.school_id")
    category = serializers.CharField(source="ticket.category")
    category_name = serializers.SerializerMethodField()
    description = serializers.CharField(source="ticket.description")
    place = PlaceOutput(source="ticket.place", allow_null=True)
    severity = serializers.ChoiceField(source="ticket.severity", choices=Severity.choices)
    filed_at = serializers.DateTimeField(source="ticket.filed_at")
    found_by = serializers.ChoiceField(
        choices=FoundBy.choices, help_text="`report` also where telling more would tell who reported it."
    )
    round = serializers.UUIDField(source="round.id", allow_null=True, default=None)
    round_name = serializers.SerializerMethodField(help_text="Empty where it is not one that the reader may know of.")
    authority = serializers.ChoiceField(
        source="outside.visit.authority", choices=Authority.choices, allow_null=True, default=None
    )
    answer_by = serializers.DateField(
        source="outside.wanted_by", allow_null=True, default=None, help_text="The day by which they want an answer."
    )
    office = UnitOutput(source="ticket.owner")
    measure = serializers.CharField(help_text="The latest words on what is done about it; empty for none.")
    control = serializers.CharField(help_text="The sort of measure that put it right; empty for none.")
    due_at = serializers.DateTimeField(allow_null=True, help_text="When it is to be put right; null: no clock runs.")
    is_overdue = serializers.BooleanField()
    state = serializers.ChoiceField(choices=HazardState.choices)
    put_right_at = serializers.DateTimeField(source="ticket.resolved_at", allow_null=True)
    files = serializers.IntegerField(help_text="How many photos and documents are with the ticket.")
    signed_by = serializers.CharField(help_text="Who looked and signed it off; empty for a reporter without a name.")
    signed_at = serializers.DateTimeField(allow_null=True)

    def get_category_name(self, hazard: Hazard) -> str:
        """Return the category's name in the reader's language."""
        ticket = hazard.ticket
        return localised(ruleset_get(ticket.rulebook_id).categories[ticket.category], "name")

    @extend_schema_field(serializers.CharField())
    def get_round_name(self, hazard: Hazard) -> str:
        """Return the name of the plan whose round found it."""
        return plan_of(hazard.round).name if hazard.round else ""


class HazardTotalsOutput(serializers.Serializer[Any]):
    """The sums of the register, of what the reader may know of."""

    open = serializers.IntegerField(help_text="Not put right yet.")
    overdue = serializers.IntegerField(help_text="Of these, how many whose time is over.")
    put_right = serializers.IntegerField(help_text="Put right, and not signed off yet.")
    signed_off = serializers.IntegerField()
    dropped = serializers.IntegerField(help_text="Taken back by whoever reported it, or not taken on.")
