"""Shapes of what a school chooses of its plans of rounds."""

from typing import Any

from rest_framework import serializers

from backend.common.serializers import CleanTextField, StrictSerializer
from backend.rulebook.plan_edits import LATEST, PlanChoice
from backend.rulebook.recurring import DAYS_OF_WEEK, LAST_OF_MONTH, MOST_AHEAD, MOST_DAYS, YEAR_DAY
from backend.rulebook.round_checks import MOST_UNITS
from backend.rulebook.route_checks import MOST_PLACES
from backend.rulebook.serializers import LocalTimeField

MINUTES_OF_DAY = 24 * 60


class PlanComesInput(StrictSerializer):
    """The times of the year at which an inspection comes by itself, and how many days it takes."""

    days = serializers.IntegerField(
        min_value=1, max_value=MOST_DAYS, required=False, help_text="From the first to the last; always with a time."
    )
    week = serializers.IntegerField(
        min_value=1, max_value=DAYS_OF_WEEK, required=False, help_text="Each week, from this day on; Monday is 1."
    )
    month = serializers.IntegerField(
        min_value=1, max_value=LAST_OF_MONTH, required=False, help_text="Each month, from this day on."
    )
    term = serializers.BooleanField(required=False, default=False, help_text="At the start of each term.")
    holidays = serializers.IntegerField(
        min_value=1, max_value=MOST_AHEAD, required=False, help_text="So many days before holidays."
    )
    year = serializers.RegexField(YEAR_DAY, required=False, help_text="Each year, from this month and day on: `09-01`.")


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
    every = serializers.IntegerField(
        min_value=0,
        max_value=MINUTES_OF_DAY,
        required=False,
        allow_null=True,
        default=None,
        help_text="Minutes after which it comes again within a day; 0: once a day. Left out: as it is.",
    )
    until = LocalTimeField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Until when the last turn opens; before `opens` it is in the next morning.",
    )
    route = serializers.ListField(
        child=serializers.CharField(max_length=40),
        max_length=MOST_PLACES,
        required=False,
        allow_null=True,
        default=None,
        help_text="The codes of the places of a patrol or walk, in the order they are walked. Left out: as it is.",
    )
    comes = PlanComesInput(
        required=False,
        allow_null=True,
        default=None,
        help_text="Of an inspection. Left out: as it is; empty: only when somebody asks for it.",
    )
    follows_hours = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Whether its times follow the hours of the school's calendar, at the gate. Left out: as it is.",
    )
    every_day = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Whether it is held on days without school too. Left out: as it is.",
    )


class PlanAdditionInput(PlanChangeInput):
    """A plan that a school adds: like another one, with a name and times of its own."""

    like = serializers.CharField(max_length=30, help_text="The code of a plan; checklist, who is asked and ladder.")
    name_zh = CleanTextField(max_length=120, multiline=False)
    name_en = CleanTextField(max_length=120, multiline=False)


def choice_of(given: dict[str, Any]) -> PlanChoice:
    """Return what was chosen."""
    return PlanChoice(
        is_off=given["is_off"],
        opens=given["opens"],
        due=given["due"],
        late_after=given["late_after"],
        only=tuple(given["only"]),
        every=given["every"],
        until=given["until"],
        route=None if given["route"] is None else tuple(given["route"]),
        comes=None if given["comes"] is None else {name: value for name, value in given["comes"].items() if value},
        follows_hours=given["follows_hours"],
        every_day=given["every_day"],
    )
