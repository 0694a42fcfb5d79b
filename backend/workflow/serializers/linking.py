"""Links of a ticket in the API, as far as the reader may know of the other tickets."""

from typing import Any

from rest_framework import serializers

from backend.organisation.serializers import PersonOutput
from backend.workflow.models import LinkKind
from backend.workflow.serializers.merging import BY_REPORTER


class LinkedOutput(serializers.Serializer[Any]):
    """Another ticket that belongs to it; one that the reader may not know of is left out."""

    id = serializers.UUIDField(source="other.id")
    reference = serializers.CharField(source="other.reference")
    state = serializers.CharField(source="other.state")
    kind = serializers.ChoiceField(source="link.kind", choices=LinkKind.choices)
    is_followed = serializers.BooleanField(help_text="Of one that `follows`: the other one follows from this one.")
    linked_by = PersonOutput(source="link.linked_by", allow_null=True, help_text=BY_REPORTER)
    linked_at = serializers.DateTimeField(source="link.linked_at")
