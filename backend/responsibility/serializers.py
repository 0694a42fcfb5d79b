"""Shapes of who answers for what in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import StrictSerializer
from backend.organisation.serializers import PersonOutput, PlaceOutput, UnitOutput
from backend.responsibility.models import OfficeSlot, Share, Slot
from backend.responsibility.services.sharing import ShareDraft, SlotDraft
from backend.rulebook.wording import Group

LAST_DAY = "The last day; null: until further notice."


class PlaceShareInput(StrictSerializer):
    """A person who answers for a place, with everything inside it, in one matter or in all."""

    place = serializers.UUIDField()
    topic = serializers.ChoiceField(
        choices=Group.choices, required=False, allow_null=True, default=None, help_text="Null: everything."
    )
    person = serializers.UUIDField()
    from_day = serializers.DateField(help_text="Today or later, by the school's clock.")
    until_day = serializers.DateField(required=False, allow_null=True, default=None, help_text=LAST_DAY)

    def draft(self) -> ShareDraft:
        """Return what was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        given = self.validated_data
        return ShareDraft(given["place"], given["topic"] or "", given["person"], given["from_day"], given["until_day"])


class OfficeSlotInput(StrictSerializer):
    """A person who is in charge of an office for the school's leaders, or supports it."""

    office = serializers.UUIDField(help_text="An office or grade group.")
    slot = serializers.ChoiceField(choices=Slot.choices)
    person = serializers.UUIDField()
    from_day = serializers.DateField(help_text="Today or later, by the school's clock.")
    until_day = serializers.DateField(required=False, allow_null=True, default=None, help_text=LAST_DAY)

    def draft(self) -> SlotDraft:
        """Return what was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        given = self.validated_data
        return SlotDraft(given["office"], given["slot"], given["person"], given["from_day"], given["until_day"])


class LastDayInput(StrictSerializer):
    """The last day of something that somebody answers for."""

    until_day = serializers.DateField(help_text="Today or later; before its first day it never comes into force.")

    def day(self) -> Any:
        """Return the day; raise ValidationError."""
        self.is_valid(raise_exception=True)
        return self.validated_data["until_day"]


class PlaceShareOutput(serializers.ModelSerializer[Share]):
    """A share: who answers for which place, in which matter, and from when until when."""

    place = PlaceOutput()
    person = PersonOutput()
    topic = serializers.SerializerMethodField(help_text="Null: everything.")
    until_day = serializers.DateField(allow_null=True, help_text=LAST_DAY)
    is_void = serializers.SerializerMethodField(help_text="Whether it was ended before it came into force.")
    by = PersonOutput(help_text="By whom it was entered.")

    class Meta:
        model = Share
        fields = ("id", "place", "topic", "person", "from_day", "until_day", "is_void", "by", "at")

    @extend_schema_field(serializers.ChoiceField(choices=Group.choices, allow_null=True))
    def get_topic(self, share: Share) -> str | None:
        """Return the matter."""
        return share.topic or None

    def get_is_void(self, share: Share) -> bool:
        """Return whether it never came into force."""
        return share.is_void


class OfficeSlotOutput(serializers.ModelSerializer[OfficeSlot]):
    """Somebody's slot of an office, and from when until when."""

    person = PersonOutput()
    until_day = serializers.DateField(allow_null=True, help_text=LAST_DAY)
    by = PersonOutput(help_text="By whom it was entered.")

    class Meta:
        model = OfficeSlot
        fields = ("id", "unit", "slot", "person", "from_day", "until_day", "by", "at")


class OfficeSlotsOutput(serializers.Serializer[Any]):
    """An office with its three slots as of today; exactly one person should be accountable."""

    office = UnitOutput(source="unit")
    accountable = PersonOutput(many=True, help_text="Its head, by post.")
    in_charge = OfficeSlotOutput(many=True)
    supporting = OfficeSlotOutput(many=True)
