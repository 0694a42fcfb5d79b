"""Shapes in the API of reports without a name."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.anonymous.codes import code_shown
from backend.anonymous.selectors import Followed
from backend.common.serializers import AwareDateTimeField, CleanTextField, LocalisedField, StrictSerializer
from backend.incidents.detail_serializers import PromiseOutput
from backend.incidents.serializers import LONGEST_TEXT
from backend.organisation.serializers import PlaceOutput, UnitOutput
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.action_input import LONGEST_NOTE
from backend.workflow.conversation import STEPS
from backend.workflow.models import ReporterMode
from backend.workflow.policy import reporter_may_open
from backend.workflow.services import TicketDraft
from backend.workflow.states import State

STEP_CHOICES = [(step.name, step.name) for step in STEPS]


class AnonymousSchoolOutput(serializers.Serializer[Any]):
    """A school that takes reports without a name."""

    code = serializers.CharField()
    name = LocalisedField()


class AnonymousCategoryOutput(serializers.Serializer[Any]):
    """A category to choose."""

    code = serializers.CharField()
    name = LocalisedField()
    confidentiality = serializers.ChoiceField(choices=Confidentiality.choices)


class AnonymousChoicesOutput(AnonymousSchoolOutput):
    """A school with what can be reported, and where; and whom to phone first in danger."""

    police = serializers.CharField(source="emergency_police")
    fire = serializers.CharField(source="emergency_fire")
    ambulance = serializers.CharField(source="emergency_ambulance")
    categories = serializers.SerializerMethodField()
    places = serializers.SerializerMethodField()

    @extend_schema_field(AnonymousCategoryOutput(many=True))
    def get_categories(self, _school: Any) -> Any:
        """Return the categories in the order of the rulebook."""
        return AnonymousCategoryOutput(self.context["choices"].categories, many=True).data

    @extend_schema_field(PlaceOutput(many=True))
    def get_places(self, _school: Any) -> Any:
        """Return the places in the order of their codes."""
        return PlaceOutput(self.context["choices"].places, many=True).data


class AnonymousReportInput(StrictSerializer):
    """A report without a name."""

    category = serializers.CharField(max_length=10)
    place = serializers.UUIDField(required=False, allow_null=True, default=None)
    occurred_at = AwareDateTimeField()
    description = CleanTextField(max_length=LONGEST_TEXT)
    answers = serializers.DictField(
        child=serializers.CharField(max_length=20),
        required=False,
        default=dict,
        help_text="Answers to the short questions of the category, as in `POST /reports`.",
    )


def draft_read(given: Any) -> TicketDraft:
    """Return what is filed without a name, or raise ValidationError."""
    shape = AnonymousReportInput(data=given)
    shape.is_valid(raise_exception=True)
    values = shape.validated_data
    return TicketDraft(
        category=values["category"],
        place_id=values["place"],
        occurred_at=values["occurred_at"],
        description=values["description"],
        reporter_mode=ReporterMode.ANONYMOUS,
        answers=values["answers"],
    )


class TrackingCodeOutput(serializers.Serializer[Any]):
    """The tracking code of a report that arrived: who has it can follow the report, and nobody can find it again."""

    tracking_code = serializers.CharField(help_text="Sixteen digits in groups of four.")
    reference = serializers.CharField()
    filed_at = serializers.DateTimeField()


class AnonymousMessageOutput(serializers.Serializer[Any]):
    """A message between the reporter and the office."""

    at = serializers.DateTimeField()
    is_reporters = serializers.BooleanField(help_text="False for one of the office.")
    text = serializers.CharField()


class FollowedOutput(serializers.Serializer[Any]):
    """A report as whoever has its tracking code sees it."""

    reference = serializers.CharField(source="report.ticket.reference")
    state = serializers.ChoiceField(source="report.ticket.state", choices=State.choices)
    category = serializers.CharField(source="report.category")
    occurred_at = serializers.DateTimeField(source="report.occurred_at")
    description = serializers.CharField(source="report.description")
    filed_at = serializers.DateTimeField(source="report.filed_at")
    office = serializers.SerializerMethodField(help_text="Who has it; null where only its team may know.")
    promise = PromiseOutput()
    messages = AnonymousMessageOutput(many=True)
    can_write = serializers.BooleanField()
    available_actions = serializers.ListField(child=serializers.ChoiceField(choices=STEP_CHOICES), source="steps")

    @extend_schema_field(UnitOutput(allow_null=True))
    def get_office(self, found: Followed) -> Any:
        """Return the office that has it."""
        ticket = found.report.ticket
        is_open = reporter_may_open(confidentiality=ticket.confidentiality)
        return UnitOutput(ticket.owner).data if is_open else None


class MessageInput(StrictSerializer):
    """A message of the reporter."""

    text = CleanTextField(max_length=LONGEST_NOTE)


class StepInput(StrictSerializer):
    """The words to a step of the reporter."""

    note = CleanTextField(max_length=LONGEST_NOTE, required=False, allow_blank=True, default="")
    although_doubtful = serializers.BooleanField(
        required=False, default=False, help_text="For `confirm`: although the words say that it is not solved."
    )


def code_answered(*, code: str, reference: str, filed_at: Any) -> Any:
    """Return the answer to a report that arrived."""
    return TrackingCodeOutput({"tracking_code": code_shown(code), "reference": reference, "filed_at": filed_at}).data
