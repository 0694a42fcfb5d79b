"""The rows that only some tickets have, as the API shows them: proposals that are open, and parts."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.organisation.serializers import PersonOutput, UnitOutput
from backend.rulebook.ruleset import CLOCK_CHOICES, Confidentiality
from backend.workflow.asked import said_of
from backend.workflow.models import PartOutcome, RecommendationAim, TicketPart
from backend.workflow.parts import recommendation_of
from backend.workflow.questions import outside_of


class DeclineOutput(serializers.Serializer[Any]):
    """That somebody proposes to decline it, and why; a second person decides."""

    proposed_by = PersonOutput(allow_null=True)
    proposed_at = serializers.DateTimeField()
    reason = serializers.CharField()


class LoweringOutput(serializers.Serializer[Any]):
    """An open proposal to show a confidential ticket to more people; a second person decides."""

    proposed_by = PersonOutput(allow_null=True)
    proposed_at = serializers.DateTimeField()
    category = serializers.CharField()
    confidentiality = serializers.ChoiceField(choices=Confidentiality.choices)


class TicketPartOutput(serializers.Serializer[Any]):
    """Something asked of somebody about it: of a person, an office or a role, else of whoever has it in hand."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=CLOCK_CHOICES)
    asked_by = serializers.SerializerMethodField(help_text="Of a promise whoever named the date that counts.")
    asked_at = serializers.SerializerMethodField(help_text="Of a promise when that date was named.")
    office = UnitOutput(allow_null=True)
    person = PersonOutput(allow_null=True)
    role = serializers.CharField()
    words = serializers.SerializerMethodField(help_text="What is asked; of a promise the reason for that date.")
    makes_safe = serializers.BooleanField(help_text="Whether it is the interim control, asked of whose place it is.")
    due_at = serializers.DateTimeField()
    outcome = serializers.CharField(help_text=f"Empty while it is open, else one of {', '.join(PartOutcome.values)}.")
    ended_by = PersonOutput(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()
    whom = serializers.SerializerMethodField(help_text="Who outside is asked a question; empty for everything else.")
    link_expires_at = serializers.SerializerMethodField(help_text="Until when their link opens it; null without one.")
    aim = serializers.SerializerMethodField(help_text="What a recommendation aims at; null for everything else.")
    carry_out_by = serializers.SerializerMethodField(help_text="Of a recommendation that was accepted; else null.")
    is_kept = serializers.BooleanField(help_text="Whether it was done by the date, as a promise is to be.")

    @extend_schema_field(PersonOutput(allow_null=True))
    def get_asked_by(self, part: TicketPart) -> Any:
        """Return who asks it."""
        by = said_of(part).by
        return PersonOutput(by).data if by else None

    def get_asked_at(self, part: TicketPart) -> datetime:
        """Return since when it is asked."""
        return said_of(part).at

    def get_words(self, part: TicketPart) -> str:
        """Return what is asked, or why."""
        return said_of(part).words

    def get_whom(self, part: TicketPart) -> str:
        """Return the person outside."""
        outside = outside_of(part)
        return outside.whom if outside else ""

    @extend_schema_field(serializers.ChoiceField(choices=RecommendationAim.choices, allow_null=True))
    def get_aim(self, part: TicketPart) -> str | None:
        """Return what a recommendation aims at."""
        recommended = recommendation_of(part)
        return recommended.aim if recommended else None

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_carry_out_by(self, part: TicketPart) -> Any:
        """Return by when a recommendation that was accepted is carried out."""
        recommended = recommendation_of(part)
        return recommended.carry_out_by if recommended else None

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_link_expires_at(self, part: TicketPart) -> Any:
        """Return the end of the link that is in force."""
        outside = outside_of(part)
        is_in_force = outside and outside.digest and part.is_open
        return outside.expires_at if outside and is_in_force else None
