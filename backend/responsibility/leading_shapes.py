"""Shapes of the leading group in the API."""

from typing import Any

from rest_framework import serializers

from backend.common.days import plausible
from backend.common.serializers import CleanTextField, StrictSerializer
from backend.organisation.roles import Role
from backend.organisation.serializers import PersonOutput, UnitOutput
from backend.responsibility.models import LONGEST_DUTIES, GroupStanding, LeadingGroup, LeadingSeat, Meets
from backend.responsibility.serializers import LAST_DAY
from backend.responsibility.services.leading import GroupDraft, SeatDraft

MOST_SEATS = 60


class GroupSeatInput(StrictSerializer):
    """A seat: whoever holds this post sits on it."""

    standing = serializers.ChoiceField(choices=GroupStanding.choices)
    role = serializers.ChoiceField(choices=Role.choices)
    unit = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="The office; null: a post of the whole school."
    )
    duties = CleanTextField(
        max_length=LONGEST_DUTIES, multiline=False, required=False, allow_blank=True, default="", help_text="What for."
    )


class LeadingGroupInput(StrictSerializer):
    """A leading group; its head is the principal, by post, and is not named here."""

    meets = serializers.ChoiceField(choices=Meets.choices)
    seats = serializers.ListField(child=GroupSeatInput(), min_length=1, max_length=MOST_SEATS)
    from_day = serializers.DateField(validators=[plausible], help_text="Today or later, by the school's clock.")
    until_day = serializers.DateField(
        required=False, allow_null=True, default=None, validators=[plausible], help_text=LAST_DAY
    )

    def draft(self) -> GroupDraft:
        """Return what was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        given = self.validated_data
        seats = [SeatDraft(one["standing"], Role(one["role"]), one["unit"], one["duties"]) for one in given["seats"]]
        return GroupDraft(given["meets"], seats, given["from_day"], given["until_day"])


class GroupSeatOutput(serializers.ModelSerializer[LeadingSeat]):
    """A seat of a leading group."""

    unit = UnitOutput(allow_null=True)

    class Meta:
        model = LeadingSeat
        fields = ("standing", "role", "unit", "duties")


class LeadingGroupOutput(serializers.ModelSerializer[LeadingGroup]):
    """A leading group, and from when until when it leads."""

    seats = GroupSeatOutput(many=True)
    until_day = serializers.DateField(allow_null=True, help_text=LAST_DAY)
    is_void = serializers.BooleanField(help_text="Whether it was ended before it came into force.")
    by = PersonOutput(help_text="By whom it was entered.")

    class Meta:
        model = LeadingGroup
        fields = ("id", "meets", "seats", "from_day", "until_day", "is_void", "by", "at")


class SeatHeldOutput(serializers.Serializer[Any]):
    """A seat with who sits on it today."""

    seat = GroupSeatOutput()
    people = PersonOutput(many=True)


class GroupHeldOutput(serializers.Serializer[Any]):
    """The leading group of today; `head` is the principal, by post."""

    group = LeadingGroupOutput()
    head = PersonOutput(many=True)
    seats = SeatHeldOutput(many=True)


class GroupTodayOutput(serializers.Serializer[Any]):
    """The leading group of today, or none."""

    today = GroupHeldOutput(allow_null=True)
