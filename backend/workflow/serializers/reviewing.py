"""Shapes of reviews and lessons, as the API shows them."""

from typing import Any

from rest_framework import serializers

from backend.organisation.serializers import PersonOutput
from backend.workflow.models import Cause, CauseReview


class CauseReviewOutput(serializers.ModelSerializer[CauseReview]):
    """The cause that was found, what was done about it, and the lesson; published since `approved_at`."""

    cause = serializers.ChoiceField(choices=Cause.choices)
    reviewed_by = PersonOutput()
    approved_by = PersonOutput(allow_null=True)

    class Meta:
        model = CauseReview
        fields = (
            *("cause", "why", "corrective", "preventive", "lesson"),
            *("reviewed_by", "reviewed_at", "approved_by", "approved_at"),
        )


class LessonOutput(serializers.Serializer[Any]):
    """A lesson for all colleagues; nothing leads from it to what happened."""

    id = serializers.UUIDField()
    cause = serializers.ChoiceField(choices=Cause.choices)
    lesson = serializers.CharField()
    published_at = serializers.DateTimeField()
