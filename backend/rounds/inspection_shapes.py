"""Shapes of inspections in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import AwareDateTimeField, CleanTextField, StrictSerializer
from backend.organisation.serializers import PersonOutput, PlaceOutput, UnitOutput
from backend.rounds.models import RoundState
from backend.rounds.selectors.inspections import Coverage
from backend.rounds.services.inspecting import InspectionDraft

MOST_NAMED = 1000


class InspectionInput(StrictSerializer):
    """By which plan the places are looked over, why, until when, and which."""

    plan = serializers.CharField(max_length=30, help_text="A plan of the kind `inspection`.")
    reason = CleanTextField(max_length=200, help_text="Read by everybody who is asked.")
    due_at = AwareDateTimeField()
    places = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        default=list,
        max_length=MOST_NAMED,
        help_text="All places of the school where it is left out.",
    )

    def draft(self) -> InspectionDraft:
        """Return what was sent."""
        given = self.validated_data
        return InspectionDraft(given["plan"], given["reason"], given["due_at"], given["places"])


class ShareOutput(serializers.Serializer[Any]):
    """The part of one office: how much of it was looked at, and where nobody has been."""

    round = serializers.UUIDField(source="row.id")
    office = UnitOutput(source="row.unit")
    state = serializers.ChoiceField(source="row.state", choices=RoundState.choices)
    places = serializers.IntegerField()
    looked_at = serializers.IntegerField()
    to_report = serializers.IntegerField(help_text="At how many places something was not well.")
    never = PlaceOutput(many=True, help_text="The places that nobody has looked at.")


class ComingInspectionOutput(serializers.Serializer[Any]):
    """An inspection that the calendar brings, before it opens."""

    id = serializers.UUIDField(source="inspection.id")
    school = serializers.UUIDField(source="inspection.school_id")
    plan = serializers.CharField(source="plan.code")
    plan_name = serializers.CharField(source="plan.name")
    reason = serializers.CharField(source="inspection.why")
    opens_at = serializers.DateTimeField(source="inspection.at")
    due_at = serializers.DateTimeField(source="inspection.due_at")


class InspectionRow(serializers.Serializer[Any]):
    """An inspection in a list, counted over the offices whose rounds the reader knows of."""

    id = serializers.UUIDField(source="inspection.id")
    school = serializers.UUIDField(source="inspection.school_id")
    plan = serializers.CharField(source="plan.code")
    plan_name = serializers.CharField(source="plan.name")
    reason = serializers.CharField(source="inspection.why", help_text="Of the calendar's own, the time of the year.")
    by = PersonOutput(source="inspection.by", allow_null=True, help_text="Null: the calendar brought it.")
    at = serializers.DateTimeField(source="inspection.at")
    due_at = serializers.DateTimeField(source="inspection.due_at")
    places = serializers.IntegerField()
    looked_at = serializers.IntegerField()
    to_report = serializers.IntegerField(help_text="At how many places something was not well.")
    percent = serializers.IntegerField(help_text="Rounded down: 100 means that every place was looked at.")


class InspectionOutput(InspectionRow):
    """An inspection with the part of each office."""

    shares = serializers.SerializerMethodField()

    @extend_schema_field(ShareOutput(many=True))
    def get_shares(self, coverage: Coverage) -> Any:
        """Return the parts that the reader knows of."""
        return ShareOutput(coverage.shares, many=True).data
