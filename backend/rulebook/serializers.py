"""Shapes of the rules in the API."""

from typing import Any

from rest_framework import serializers

from backend.common.localised import localised
from backend.rulebook.ruleset import Category, Confidentiality, Kind, Severity


class CategoryOutput(serializers.Serializer[Any]):
    """One kind of thing that can be reported."""

    code = serializers.CharField()
    name = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    severity = serializers.ChoiceField(choices=Severity.choices)
    confidentiality = serializers.ChoiceField(choices=Confidentiality.choices)
    lead = serializers.CharField(help_text="Code of the office that answers for it.")

    def get_name(self, category: Category) -> str:
        """Return the name in the reader's language."""
        return localised(category, "name")
