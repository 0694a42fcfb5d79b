"""Shapes of the rounds of classes in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import StrictSerializer
from backend.rounds.models import RoundState, Said
from backend.rounds.selectors.classes import ClassesOfDay, ClassRound


class CountOutput(serializers.Serializer[Any]):
    """A count of one class."""

    item = serializers.CharField()
    count = serializers.IntegerField(allow_null=True, help_text="Null: none or one, which is not told apart.")


class ClassRoundOutput(serializers.Serializer[Any]):
    """The round of one class."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    grade = serializers.CharField(help_text="Empty for a class without a grade group.")
    state = serializers.ChoiceField(choices=RoundState.choices)
    said = serializers.SerializerMethodField()
    is_late = serializers.BooleanField()
    asked = serializers.CharField(help_text="Who was asked; empty for nobody.")
    excuse = serializers.CharField(help_text="Why it need not be answered; empty where it was not excused.")
    counts = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=Said.choices, allow_null=True))
    def get_said(self, row: ClassRound) -> str | None:
        """Return the sum of the latest answer."""
        return row.said or None

    @extend_schema_field(CountOutput(many=True))
    def get_counts(self, row: ClassRound) -> list[dict[str, Any]]:
        """Return the counts that were given."""
        return [{"item": key, "count": count} for key, count in row.counts.items()]


class TotalOutput(serializers.Serializer[Any]):
    """A sum over the classes that have answered; between two numbers where the sum itself would tell of one child."""

    item = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    least = serializers.IntegerField()
    most = serializers.IntegerField()


class TotalsOutput(serializers.Serializer[Any]):
    """A plan that is asked of classes, on one day: how many have answered, who is missing, and the sums."""

    plan = serializers.CharField(source="plan.code")
    plan_name = serializers.CharField(source="name")
    turn = serializers.IntegerField(help_text="From nought; a plan that comes again has several a day.")
    answered = serializers.IntegerField(source="answered_count")
    missing = serializers.SerializerMethodField(help_text="The codes of the classes nobody has answered for in time.")
    totals = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing(self, day: ClassesOfDay) -> list[str]:
        """Return the classes that are missing."""
        return [row.code for row in day.missing]

    @extend_schema_field(TotalOutput(many=True))
    def get_totals(self, day: ClassesOfDay) -> list[dict[str, Any]]:
        """Return the sums in the order of the checklist."""
        sums = [(item, day.totals[item.key]) for item in day.items]
        return [{"item": item.key, "label": item.label, "least": one.least, "most": one.most} for item, one in sums]


class ClassesOfDayOutput(TotalsOutput):
    """A plan that is asked of classes, on one day, with each class."""

    classes = ClassRoundOutput(source="rows", many=True)


class ClassesQuery(StrictSerializer):
    """A day, and for the bureau a school."""

    day = serializers.DateField()
    school = serializers.UUIDField(required=False, allow_null=True, default=None, help_text="For the bureau.")


class DayQuery(StrictSerializer):
    """A day."""

    day = serializers.DateField()
