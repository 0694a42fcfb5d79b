"""Shapes of what is said to the lines of a checklist in the API."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.common.serializers import CleanTextField, StrictSerializer
from backend.rounds.checking import MOST_COUNTED, AnswerDraft
from backend.rounds.models import Said

MOST_ITEMS = 20


class ItemAnswerInput(StrictSerializer):
    """The answer to one line of the checklist: `ok` for a yes or no, `count` for a number."""

    item = serializers.CharField(max_length=20)
    ok = serializers.BooleanField(required=False, allow_null=True, default=None)
    count = serializers.IntegerField(min_value=0, max_value=MOST_COUNTED, required=False, allow_null=True, default=None)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Refuse a line without a value, or with two."""
        if (given["ok"] is None) == (given["count"] is None):
            raise serializers.ValidationError(_("Give either ok or count."), code="one_value")
        return given


class RoundAnswerInput(StrictSerializer):
    """The answer that somebody gives in person."""

    said = serializers.ChoiceField(choices=Said.choices)
    words = CleanTextField(max_length=4000, required=False, allow_blank=True, default="")
    items = serializers.ListField(child=ItemAnswerInput(), max_length=MOST_ITEMS, required=False, default=list)

    def validate_items(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refuse a line named twice."""
        if len({given["item"] for given in items}) < len(items):
            raise serializers.ValidationError(_("Name each line once."), code="repeated")
        return items


def answer_read(body: object) -> AnswerDraft:
    """Return an answer as it was sent; raise ValidationError."""
    given = RoundAnswerInput(data=body)
    given.is_valid(raise_exception=True)
    return draft_of(given.validated_data)


def draft_of(said: Mapping[str, Any]) -> AnswerDraft:
    """Return an answer from its checked input."""
    values = {row["item"]: row["ok"] if row["ok"] is not None else row["count"] for row in said["items"]}
    return AnswerDraft(Said(said["said"]), said["words"], values)


class ItemAnswerOutput(serializers.Serializer[Any]):
    """The answer to one line."""

    item = serializers.CharField()
    ok = serializers.BooleanField(allow_null=True)
    count = serializers.IntegerField(allow_null=True)
    is_under_two = serializers.BooleanField(
        help_text="A count of children that is none or one, which only those of the class see as it is."
    )


def lines_said(values: Mapping[str, bool | int | None]) -> list[dict[str, Any]]:
    """Return the values of an answer, as its reader sees them, line by line."""
    return [
        {
            "item": key,
            "ok": value if isinstance(value, bool) else None,
            "count": None if isinstance(value, bool) else value,
            "is_under_two": value is None,
        }
        for key, value in values.items()
    ]
