"""Shapes of plans and checklists in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.organisation.roles import Role
from backend.rounds.serializers import CheckItemOutput
from backend.rulebook.round_rules import RoundKind, RoundPlan, Target
from backend.rulebook.serializers import LocalTimeField


class ChecklistOutput(serializers.Serializer[Any]):
    """The lines of what is looked at."""

    code = serializers.CharField()
    name = serializers.CharField()
    items = CheckItemOutput(many=True)


class RoundRungOutput(serializers.Serializer[Any]):
    """A step of the ladder that a missing round climbs."""

    after = serializers.CharField(help_text="Counted from when it is missing.")
    tell = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))
    deputies = serializers.BooleanField(help_text="Whether their deputies are told instead.")


class PlanComesOutput(serializers.Serializer[Any]):
    """The times of the year at which an inspection comes by itself, and how many days it takes."""

    days = serializers.IntegerField()
    week = serializers.IntegerField(allow_null=True, help_text="Each week, from this day on; Monday is 1.")
    month = serializers.IntegerField(allow_null=True, help_text="Each month, from this day on.")
    term = serializers.BooleanField(help_text="Whether at the start of each term.")
    holidays = serializers.IntegerField(allow_null=True, help_text="So many days before holidays.")
    year = serializers.CharField(help_text="Each year, from this month and day on; empty: not.")


class GatePostOutput(serializers.Serializer[Any]):
    """A post at which somebody stands."""

    key = serializers.CharField()
    name = serializers.CharField()


class RoundPlanOutput(serializers.Serializer[Any]):
    """A duty that comes back on each school day; times are by the school's clock."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=RoundKind.choices)
    checklist = serializers.CharField(source="checklist.code", help_text="The code of its checklist.")
    asked = serializers.ChoiceField(choices=Role.choices, help_text="The role that answers, in each of `of`.")
    of = serializers.ChoiceField(source="target", choices=Target.choices)
    opens = LocalTimeField()
    due = LocalTimeField()
    late_after = serializers.SerializerMethodField(help_text="Minutes after `due` from when on it is missing.")
    rungs = RoundRungOutput(many=True)
    is_off = serializers.BooleanField(help_text="Whether the school has switched it off.")
    only = serializers.ListField(
        child=serializers.CharField(),
        help_text="The codes of the offices or classes it is held for; empty: all of `of`.",
    )

    every = serializers.SerializerMethodField(help_text="Minutes after which it comes again; null: once a day.")
    until = LocalTimeField(
        source="again.until",
        allow_null=True,
        default=None,
        help_text="Until when the last turn of a day opens; before `opens` it is in the next morning.",
    )
    route = serializers.ListField(
        child=serializers.CharField(), help_text="The codes of the places of a patrol or walk, in order."
    )

    comes = PlanComesOutput(allow_null=True, help_text="Of an inspection; null: when somebody asks for it.")
    posts = GatePostOutput(many=True, help_text="At each of which somebody says that they stand there; mostly none.")
    follows_hours = serializers.BooleanField(help_text="Whether its times follow the hours of the school's calendar.")
    every_day = serializers.BooleanField(help_text="Whether it is held on days without school too.")

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_every(self, plan: RoundPlan) -> int | None:
        """Return the minutes between the turns of a day."""
        return int(plan.again.every.total_seconds() // 60) if plan.again else None

    @extend_schema_field(serializers.IntegerField())
    def get_late_after(self, plan: RoundPlan) -> int:
        """Return the minutes."""
        return int(plan.late_after.total_seconds() // 60)
