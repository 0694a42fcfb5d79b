"""Shapes of who answers for what in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.days import plausible
from backend.common.serializers import StrictSerializer
from backend.organisation.serializers import PersonOutput, PlaceOutput, UnitOutput
from backend.responsibility.gaps import TO_DO, GapKind, MapGap
from backend.responsibility.models import OfficeSlot, Share, Slot
from backend.responsibility.selectors.gaps import SchoolGaps
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
    from_day = serializers.DateField(validators=[plausible], help_text="Today or later, by the school's clock.")
    until_day = serializers.DateField(
        required=False, allow_null=True, default=None, validators=[plausible], help_text=LAST_DAY
    )

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
    from_day = serializers.DateField(validators=[plausible], help_text="Today or later, by the school's clock.")
    until_day = serializers.DateField(
        required=False, allow_null=True, default=None, validators=[plausible], help_text=LAST_DAY
    )

    def draft(self) -> SlotDraft:
        """Return what was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        given = self.validated_data
        return SlotDraft(given["office"], given["slot"], given["person"], given["from_day"], given["until_day"])


class LastDayInput(StrictSerializer):
    """The last day of something that somebody answers for."""

    until_day = serializers.DateField(
        validators=[plausible], help_text="Today or later; before its first day it never comes into force."
    )

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
    by = PersonOutput(allow_null=True, help_text="By whom it was entered; nobody: a configuration file did.")

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
    by = PersonOutput(allow_null=True, help_text="By whom it was entered; nobody: a configuration file did.")

    class Meta:
        model = OfficeSlot
        fields = ("id", "unit", "slot", "person", "from_day", "until_day", "by", "at")


class OfficeSlotsOutput(serializers.Serializer[Any]):
    """An office with its three slots as of today; exactly one person should be accountable."""

    office = UnitOutput(source="unit")
    accountable = PersonOutput(many=True, help_text="Its head, by post.")
    in_charge = OfficeSlotOutput(many=True)
    supporting = OfficeSlotOutput(many=True)


class GapOutput(serializers.Serializer[MapGap]):
    """One thing nobody answers for, and what to do about it."""

    kind = serializers.ChoiceField(choices=GapKind.choices)
    subject = serializers.CharField(help_text="The id of the place, unit, share, slot or person, or a code.")
    name = serializers.CharField()
    details = serializers.ListField(child=serializers.CharField(), help_text="Matters, posts or people it is about.")
    to_do = serializers.SerializerMethodField(help_text="What mends it, in words.")

    def get_to_do(self, gap: MapGap) -> str:
        """Return what to do."""
        return str(TO_DO[gap.kind])


class GapCountOutput(serializers.Serializer[Any]):
    """The number of gaps of one sort."""

    kind = serializers.ChoiceField(choices=GapKind.choices)
    count = serializers.IntegerField()


class SchoolGapsOutput(serializers.Serializer[Any]):
    """A school with the gaps in who answers for what; bureaus see their numbers and no names."""

    school = serializers.UUIDField(source="school.id")
    name = serializers.CharField(source="school.name")
    counts = serializers.SerializerMethodField(help_text="Every sort of gap, also those of which there is none.")
    gaps = GapOutput(many=True, help_text="Empty for a bureau.")

    @extend_schema_field(GapCountOutput(many=True))
    def get_counts(self, found: SchoolGaps) -> Any:
        """Return how many there are of each sort."""
        return [{"kind": kind.value, "count": found.counts.get(kind, 0)} for kind in GapKind]
