"""Shapes of the draft of a response plan in the API."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import AwareDateTimeField, CleanTextField, StrictSerializer
from backend.organisation.roles import Role
from backend.organisation.serializers import PersonOutput
from backend.response.models import LONGEST_KEY, ResponseDraft
from backend.response.serializers import ResponseStepOutput
from backend.rulebook.response_checks import LONGEST_EN, LONGEST_ZH, MOST_STEPS, OF_SCHOOL
from backend.rulebook.response_edits import LATEST, StepDraft
from backend.rulebook.response_reading import step_read


class PlanStepInput(StrictSerializer):
    """A step of a plan as it is to be; asked is a role, an office or each class, or whoever is there first."""

    key = serializers.CharField(
        max_length=LONGEST_KEY, required=False, allow_blank=True, default="", help_text="Of a step there is; else new."
    )
    minutes = serializers.IntegerField(min_value=0, max_value=LATEST, help_text="After the start, by which it is done.")
    role = serializers.ChoiceField(
        choices=[(role.value, role.label) for role in OF_SCHOOL], required=False, allow_blank=True
    )
    office = serializers.CharField(
        max_length=40, required=False, allow_blank=True, default="", help_text="A code; `grade`: that of the place."
    )
    each_class = serializers.BooleanField(required=False, default=False)
    words_zh = CleanTextField(max_length=LONGEST_ZH, multiline=False)
    words_en = CleanTextField(max_length=LONGEST_EN, multiline=False)


class ResponseDraftInput(StrictSerializer):
    """The steps of a plan as they are to be, in their order."""

    steps = serializers.ListField(child=PlanStepInput(), min_length=1, max_length=MOST_STEPS)

    seen = AwareDateTimeField(
        required=False, allow_null=True, default=None, help_text="The `at` of the draft they were written from, if any."
    )

    def draft_seen(self) -> datetime | None:
        """Return when the draft was kept that the steps were written from; None where there was none."""
        seen: datetime | None = self.validated_data["seen"]
        return seen

    def said(self) -> Sequence[StepDraft]:
        """Return the steps that were sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        return [
            StepDraft(do_zh=one.pop("words_zh"), do_en=one.pop("words_en"), **({"role": ""} | one))
            for one in self.validated_data["steps"]
        ]


class ResponseDraftOutput(serializers.Serializer[ResponseDraft]):
    """The draft of a plan: nothing goes by it before it is approved."""

    by = PersonOutput()
    at = serializers.DateTimeField()
    steps = serializers.SerializerMethodField()

    @extend_schema_field(ResponseStepOutput(many=True))
    def get_steps(self, row: ResponseDraft) -> Any:
        """Return the steps in order."""
        return ResponseStepOutput([step_read(step) for step in row.steps], many=True).data


ROLES = tuple((role.value, Role(role).label) for role in OF_SCHOOL)
"""The roles of a school that a step can be asked of, with their names."""
