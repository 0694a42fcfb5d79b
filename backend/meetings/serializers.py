"""Shapes of meetings in the API."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.days import plausible
from backend.common.serializers import CleanTextField, StrictSerializer
from backend.meetings.models import LONGEST_ABOUT, LONGEST_WORDS, Meeting, MeetingItem, Outcome, Reason
from backend.meetings.selectors import items_shown
from backend.meetings.services import MeetingDraft, Minutes
from backend.organisation.permissions import Permission
from backend.organisation.serializers import PersonOutput, UnitOutput
from backend.rulebook.ruleset import Confidentiality, Severity
from backend.workflow.models import Ticket
from backend.workflow.states import State

MOST_PRESENT = 200


class MeetingInput(StrictSerializer):
    """A meeting that is called, or a review of what is open before a date."""

    kind = serializers.ChoiceField(choices=Meeting.Kind.choices, default=Meeting.Kind.JOINT)
    day = serializers.DateField(validators=[plausible])
    about = CleanTextField(max_length=LONGEST_ABOUT, multiline=False, required=False, allow_blank=True, default="")

    def draft(self) -> MeetingDraft:
        """Return what was sent."""
        given = self.validated_data
        return MeetingDraft(Meeting.Kind(given["kind"]), given["day"], given["about"])


class ItemInput(StrictSerializer):
    """A ticket that is put on the agenda, and why."""

    ticket = serializers.CharField(max_length=40, help_text="Its id or reference.")
    words = CleanTextField(max_length=LONGEST_WORDS)


class WordsInput(StrictSerializer):
    """The reason."""

    words = CleanTextField(max_length=LONGEST_WORDS)


class MinutesInput(StrictSerializer):
    """The people who were present, and what was said besides."""

    present = serializers.ListField(
        child=serializers.UUIDField(), max_length=MOST_PRESENT, required=False, default=list
    )
    words = CleanTextField(max_length=LONGEST_WORDS, required=False, allow_blank=True, default="")

    def validate_present(self, present: list[Any]) -> list[Any]:
        """Refuse a person named twice."""
        if len(set(present)) < len(present):
            raise serializers.ValidationError(_("Name each person once."), code="repeated")
        return present

    def minutes(self) -> Minutes:
        """Return what was sent."""
        return Minutes(self.validated_data["present"], self.validated_data["words"])


class MeetingRow(serializers.ModelSerializer[Meeting]):
    """A meeting in a list."""

    kind = serializers.ChoiceField(choices=Meeting.Kind.choices)
    called_by = PersonOutput()

    class Meta:
        model = Meeting
        fields: tuple[str, ...] = ("id", "kind", "day", "about", "called_by", "called_at", "ended_at")


class TicketOfItemOutput(serializers.ModelSerializer[Ticket]):
    """The ticket of an item, with the version that an action on it names."""

    state = serializers.ChoiceField(choices=State.choices)
    severity = serializers.ChoiceField(choices=Severity.choices)
    confidentiality = serializers.ChoiceField(choices=Confidentiality.choices)
    office = UnitOutput(source="owner")

    class Meta:
        model = Ticket
        fields = ("id", "reference", "category", "severity", "confidentiality", "state", "office", "version")


class MeetingItemOutput(serializers.ModelSerializer[MeetingItem]):
    """An item of an agenda, of those whose ticket the reader may know of."""

    ticket = TicketOfItemOutput()
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=Reason.choices))
    added_by = PersonOutput(allow_null=True)
    off_by = PersonOutput(allow_null=True)
    outcome = serializers.ChoiceField(choices=Outcome.choices, allow_blank=True)
    due_at = serializers.DateTimeField(
        source="part.due_at", allow_null=True, default=None, help_text="By when what was asked with the outcome is due."
    )
    is_done = serializers.SerializerMethodField(
        help_text="Of something asked with the outcome: whether that has ended."
    )
    settled_by = PersonOutput(allow_null=True)
    is_overtaken = serializers.BooleanField(help_text="The ticket is over, so nothing is to be decided any more.")

    class Meta:
        model = MeetingItem
        fields = (
            *("id", "ticket", "reasons", "added_by", "added_words", "added_at", "off_by", "off_words", "off_at"),
            *("outcome", "noted_words", "due_at", "is_done", "settled_by", "settled_at"),
            *("is_overtaken", "erased_at"),
        )

    def get_is_done(self, item: MeetingItem) -> bool | None:
        """Return whether what was asked has ended."""
        return None if item.part is None else not item.part.is_open


class MeetingOutput(MeetingRow):
    """A meeting with its agenda, as far as the reader may know of it, and its minutes."""

    ended_by = PersonOutput(allow_null=True)
    present = PersonOutput(many=True)
    items = serializers.SerializerMethodField()
    may_change = serializers.SerializerMethodField(help_text="Whether the reader may change it now.")

    class Meta(MeetingRow.Meta):
        fields = (*MeetingRow.Meta.fields, "ended_by", "words", "erased_at", "present", "items", "may_change")

    @extend_schema_field(MeetingItemOutput(many=True))
    def get_items(self, meeting: Meeting) -> Any:
        """Return what stands on the agenda or was taken off it."""
        return MeetingItemOutput(items_shown(actor=self.context["actor"], meeting=meeting), many=True).data

    def get_may_change(self, meeting: Meeting) -> bool:
        """Return whether the reader calls meetings, and this one is not over."""
        return bool(self.context["actor"].may(Permission.MEETINGS_CALL) and not meeting.is_over)
