"""Shapes of contact tests in the API."""

from typing import Any

from rest_framework import serializers

from backend.common.serializers import CleanTextField, StrictSerializer
from backend.duty.models import DutyShift
from backend.duty.services.contact import LEAST_MINUTES, MOST_BEFORE, MOST_MINUTES, USUAL_MINUTES, RuleDraft
from backend.organisation.serializers import PersonOutput


class ContactInput(StrictSerializer):
    """In how many minutes the people of a shift answer."""

    minutes = serializers.IntegerField(
        min_value=LEAST_MINUTES, max_value=MOST_MINUTES, required=False, default=USUAL_MINUTES
    )

    @property
    def said(self) -> int:
        """Return it, checked."""
        self.is_valid(raise_exception=True)
        minutes: int = self.validated_data["minutes"]
        return minutes


class ContactTakeBackInput(StrictSerializer):
    """The reason for which a test is taken back."""

    reason = CleanTextField(max_length=200)

    @property
    def said(self) -> str:
        """Return it, checked."""
        self.is_valid(raise_exception=True)
        reason: str = self.validated_data["reason"]
        return reason


class ContactRuleInput(StrictSerializer):
    """A rule by which the people of a sort of shift are asked."""

    kind = serializers.ChoiceField(choices=DutyShift.Kind.choices)
    before = serializers.IntegerField(min_value=0, max_value=MOST_BEFORE, help_text="Minutes; 0: they are not asked.")
    within = serializers.IntegerField(min_value=LEAST_MINUTES, max_value=MOST_MINUTES, help_text="Minutes to answer.")

    @property
    def said(self) -> RuleDraft:
        """Return it, checked."""
        self.is_valid(raise_exception=True)
        given = self.validated_data
        return RuleDraft(DutyShift.Kind(given["kind"]), given["before"], given["within"])


class ContactRuleOutput(serializers.Serializer[Any]):
    """A rule by which the people of a sort of shift are asked, and its author."""

    kind = serializers.ChoiceField(choices=DutyShift.Kind.choices)
    before = serializers.IntegerField()
    within = serializers.IntegerField()
    set_by = PersonOutput(allow_null=True, help_text="Nobody: a configuration file did.")
    set_at = serializers.DateTimeField()


class ContactTestOutput(serializers.Serializer[Any]):
    """One test of one person in one shift."""

    id = serializers.UUIDField()
    shift = serializers.UUIDField(source="shift_id")
    kind = serializers.ChoiceField(choices=DutyShift.Kind.choices, source="shift.kind")
    person = PersonOutput()
    asked_by = PersonOutput(allow_null=True, help_text="Nobody: the school's rule did.")
    asked_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    is_late = serializers.BooleanField()
    taken_back_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
