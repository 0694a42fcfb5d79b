"""Shapes of the places that rounds go over in the API."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.organisation.serializers import PersonOutput, PlaceOutput, UnitOutput
from backend.rounds.answer_shapes import ItemAnswerOutput, RoundAnswerInput, draft_of, lines_said
from backend.rounds.checking import AnswerDraft
from backend.rounds.models import Round, RoundState, RoundVisit, Said
from backend.rounds.selectors.places import Mark, RouteOfDay
from backend.rounds.services.visiting import Spot
from backend.rulebook.round_rules import RoundKind


class VisitInput(RoundAnswerInput):
    """The word of somebody about one place of the route: `place` by its id, or `code` as it stands on its wall."""

    place = serializers.UUIDField(required=False, allow_null=True, default=None)
    code = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Refuse a visit without a place, or with two."""
        if (given["place"] is None) == (not given["code"]):
            raise serializers.ValidationError({"place": _("Give either place or code.")}, code="one_value")
        return given


def visit_read(body: object) -> tuple[Spot, AnswerDraft]:
    """Return a visit as it was sent; raise ValidationError."""
    given = VisitInput(data=body)
    given.is_valid(raise_exception=True)
    said = given.validated_data
    return Spot(said["place"], said["code"]), draft_of(said)


class VisitOutput(serializers.ModelSerializer[RoundVisit]):
    """The word of somebody on a place; of several the latest counts."""

    by = PersonOutput()
    said = serializers.ChoiceField(choices=Said.choices)
    items = serializers.SerializerMethodField()

    class Meta:
        model = RoundVisit
        fields = ("id", "number", "by", "at", "said", "words", "items", "is_scanned")

    @extend_schema_field(ItemAnswerOutput(many=True))
    def get_items(self, visit: RoundVisit) -> list[dict[str, Any]]:
        """Return the lines that were answered."""
        return lines_said(visit.values)


class StopOutput(serializers.Serializer[Any]):
    """A place of a route with every visit to it."""

    place = PlaceOutput()
    visits = VisitOutput(many=True)


class TurnOutput(serializers.ModelSerializer[Round]):
    """One turn of a patrol or walk."""

    state = serializers.ChoiceField(choices=RoundState.choices)
    said = serializers.SerializerMethodField()

    class Meta:
        model = Round
        fields = ("id", "turn", "opens_at", "due_at", "state", "said")

    @extend_schema_field(serializers.ChoiceField(choices=Said.choices, allow_null=True))
    def get_said(self, row: Round) -> str | None:
        """Return the sum of the latest answer."""
        return row.said or None


class MarkOutput(serializers.Serializer[Any]):
    """A place at one turn."""

    round = serializers.UUIDField(source="row.id")
    said = serializers.SerializerMethodField(help_text="Null: nobody has been there.")
    at = serializers.DateTimeField(source="visit.at", allow_null=True, default=None)
    is_scanned = serializers.BooleanField(source="visit.is_scanned", default=False)
    is_gap = serializers.BooleanField(help_text="Whether nobody came in time.")
    is_late = serializers.BooleanField(help_text="Whether the first who came did so after the turn had been missed.")

    @extend_schema_field(serializers.ChoiceField(choices=Said.choices, allow_null=True))
    def get_said(self, mark: Mark) -> str | None:
        """Return what was said of the place then."""
        return mark.visit.said if mark.visit else None


class PlaceOfDayOutput(serializers.Serializer[Any]):
    """A place with each turn of the day."""

    place = PlaceOutput()
    marks = MarkOutput(many=True)


class RouteOfDayOutput(serializers.Serializer[Any]):
    """A patrol or walk on one day by place and turn."""

    plan = serializers.CharField(source="plan.code")
    plan_name = serializers.CharField(source="plan.name")
    kind = serializers.ChoiceField(source="plan.kind", choices=RoundKind.choices)
    office = serializers.SerializerMethodField(help_text="Null: the whole school.")
    gaps = serializers.IntegerField(source="gap_count", help_text="How often nobody came to a place in time.")
    turns = TurnOutput(many=True)
    places = PlaceOfDayOutput(many=True)

    @extend_schema_field(UnitOutput(allow_null=True))
    def get_office(self, route: RouteOfDay) -> Any:
        """Return whom it is asked of."""
        unit = route.turns[0].unit
        return UnitOutput(unit).data if unit else None
