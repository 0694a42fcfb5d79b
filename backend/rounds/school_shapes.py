"""Shapes of a school's own report and of what it sums up, in the API."""

from typing import Any

from rest_framework import serializers

from backend.rounds.class_shapes import TotalsOutput
from backend.rounds.serializers import RoundRow
from backend.workflow.states import State


class SchoolOfDayOutput(serializers.Serializer[Any]):
    """The day of one school: its own report, and its offices and classes counted by how they stand."""

    school = serializers.UUIDField(source="school.id")
    school_name = serializers.CharField(source="school.name")
    report = RoundRow(allow_null=True, help_text="Null: its rules ask for none, or its time has not come.")
    all_well = serializers.IntegerField()
    to_report = serializers.IntegerField()
    missing = serializers.IntegerField()
    waiting = serializers.IntegerField()
    excused = serializers.IntegerField()


class UrgentOutput(serializers.Serializer[Any]):
    """A ticket P1 that is not over."""

    ticket = serializers.UUIDField(source="id")
    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)


class RollUpOutput(serializers.Serializer[Any]):
    """The day of a school as the reader may know of it."""

    offices = RoundRow(many=True)
    classes = TotalsOutput(many=True, help_text="The plans asked of classes, with their sums.")
    new_tickets = serializers.IntegerField(source="new", help_text="Filed on the day.")
    urgent = UrgentOutput(many=True, help_text="At most 20.")
