"""Shapes of response plans in the API."""

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import AwareDateTimeField, StrictSerializer
from backend.organisation.permissions import Permission
from backend.organisation.roles import Role
from backend.organisation.serializers import PersonOutput
from backend.response.models import ResponseApproval
from backend.response.selectors.plans import Lack, PlanStanding
from backend.rulebook.response_rules import PlanKind, ResponseStep

LACKS = tuple((lack.value, lack.value) for lack in Lack)


class ApprovalInput(StrictSerializer):
    """The last day on which the plan holds."""

    last_day = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Left out: as long as the rulebook lets it hold."
    )

    draft = serializers.BooleanField(
        required=False, default=False, help_text="Approve its draft, by which the plan goes from then on."
    )

    seen = AwareDateTimeField(
        required=False, allow_null=True, default=None, help_text="The `at` of the draft that was read, to approve it."
    )

    def said(self) -> date | None:
        """Return the day that was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        last_day: date | None = self.validated_data["last_day"]
        return last_day


class ResponseApprovalOutput(serializers.ModelSerializer[ResponseApproval]):
    """An approval of a plan as it was written then."""

    by = PersonOutput()

    class Meta:
        model = ResponseApproval
        fields = ("number", "by", "at", "last_day")


class ResponseStepOutput(serializers.Serializer[Any]):
    """One step of a plan."""

    key = serializers.CharField()
    minutes = serializers.IntegerField(help_text="After the start, by which it is done.")
    words = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices, allow_null=True, help_text="Of the school that is asked.")
    office = serializers.CharField(help_text="The code of the office whose head is asked; empty: none.")
    each_class = serializers.BooleanField(help_text="Whether the teacher of each class is asked.")


class ResponsePlanRow(serializers.Serializer[Any]):
    """A response plan, and how it stands at the school now."""

    code = serializers.CharField(source="plan.code")
    name = serializers.CharField(source="plan.name")
    kind = serializers.ChoiceField(choices=PlanKind.choices, source="plan.kind")
    categories = serializers.ListField(child=serializers.CharField(), source="plan.categories")
    approval = ResponseApprovalOutput(allow_null=True, help_text="The latest one, whether it still holds or not.")
    holds = serializers.BooleanField(help_text="Whether it is approved as it is written now, and not expired.")
    lacks = serializers.ListField(
        child=serializers.ChoiceField(choices=LACKS),
        help_text="Nothing in it keeps a plan from being started: then it is said aloud. `nobody`: for a step somebody"
        " else stands in, since the post is vacant or its people are away.",
    )
    unread_count = serializers.SerializerMethodField(help_text="Of those it asks something of, who has not read it.")

    @extend_schema_field(serializers.IntegerField())
    def get_unread_count(self, standing: PlanStanding) -> int:
        """Return how many have not confirmed it."""
        return len(standing.unread)


class ResponsePlanOutput(ResponsePlanRow):
    """A response plan with its steps; who has read it and who has not, for those who may start one."""

    steps = serializers.SerializerMethodField()
    stand_down = serializers.CharField(source="plan.stand_down")
    valid_months = serializers.IntegerField(source="plan.valid_months")
    is_asked = serializers.SerializerMethodField(help_text="Whether it asks something of the reader.")
    has_read = serializers.SerializerMethodField(help_text="Whether the reader has confirmed it.")
    read = serializers.SerializerMethodField()
    unread = serializers.SerializerMethodField()

    @extend_schema_field(ResponseStepOutput(many=True))
    def get_steps(self, standing: PlanStanding) -> Any:
        """Return the steps in order."""
        steps: tuple[ResponseStep, ...] = standing.plan.steps
        return ResponseStepOutput(steps, many=True).data

    @extend_schema_field(serializers.BooleanField())
    def get_is_asked(self, standing: PlanStanding) -> bool:
        """Return whether the reader holds a post that it asks."""
        return self._reader in {person.id for person in (*standing.read, *standing.unread)}

    @extend_schema_field(serializers.BooleanField())
    def get_has_read(self, standing: PlanStanding) -> bool:
        """Return whether the reader is among those who confirmed."""
        return self._reader in {person.id for person in standing.read}

    @extend_schema_field(PersonOutput(many=True))
    def get_read(self, standing: PlanStanding) -> Any:
        """Return who confirmed it."""
        return PersonOutput(standing.read if self._sees_readers else [], many=True).data

    @extend_schema_field(PersonOutput(many=True))
    def get_unread(self, standing: PlanStanding) -> Any:
        """Return who did not."""
        return PersonOutput(standing.unread if self._sees_readers else [], many=True).data

    @property
    def _reader(self) -> Any:
        return self.context["actor"].person_id

    @property
    def _sees_readers(self) -> bool:
        return bool(self.context["actor"].may(Permission.RESPONSES_START))
