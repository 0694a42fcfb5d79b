"""Shapes of what a school chooses of its plans of rounds."""

from typing import Any

from rest_framework import serializers

from backend.common.serializers import CleanTextField, StrictSerializer
from backend.rulebook.plan_edits import LATEST, PlanChoice
from backend.rulebook.round_checks import MOST_UNITS
from backend.rulebook.serializers import LocalTimeField


class PlanChangeInput(StrictSerializer):
    """A plan as a school would have it, and the version of the rules that this was chosen from."""

    seen = serializers.IntegerField(min_value=1, help_text="The id of `rulebooks/current`.")
    is_off = serializers.BooleanField(required=False, default=False)
    opens = LocalTimeField()
    due = LocalTimeField()
    late_after = serializers.IntegerField(min_value=0, max_value=LATEST, help_text="Minutes.")
    only = serializers.ListField(
        child=serializers.CharField(max_length=40),
        max_length=MOST_UNITS,
        required=False,
        default=list,
        help_text="The codes of the offices or classes it is held for; empty: all of them.",
    )


class PlanAdditionInput(PlanChangeInput):
    """A plan that a school adds: like another one, with a name and times of its own."""

    like = serializers.CharField(max_length=30, help_text="The code of a plan; checklist, who is asked and ladder.")
    name_zh = CleanTextField(max_length=120, multiline=False)
    name_en = CleanTextField(max_length=120, multiline=False)


def choice_of(given: dict[str, Any]) -> PlanChoice:
    """Return what was chosen."""
    return PlanChoice(given["is_off"], given["opens"], given["due"], given["late_after"], tuple(given["only"]))
