"""Shapes of duty rosters and absences in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import AwareDateTimeField, CleanTextField, StrictSerializer
from backend.duty.models import Absence, DutyShift, DutySlot, DutySwap
from backend.duty.shift_rules import MOST_SLOTS, ShiftDraft, SlotDraft
from backend.organisation.serializers import PersonOutput, PlaceOutput


class SlotInput(StrictSerializer):
    """Somebody's part in a shift."""

    part = serializers.ChoiceField(choices=DutySlot.Part.choices)
    person = serializers.UUIDField()


class ShiftInput(StrictSerializer):
    """A shift as it is planned; in a change, whatever is missing stays as it is."""

    kind = serializers.ChoiceField(choices=DutyShift.Kind.choices)
    place = serializers.UUIDField(required=False, allow_null=True, default=None)
    starts_at = AwareDateTimeField()
    ends_at = AwareDateTimeField()
    slots = serializers.ListField(child=SlotInput(), min_length=1, max_length=MOST_SLOTS)
    although_away = serializers.BooleanField(
        required=False, default=False, help_text="Also if somebody in it is away then; otherwise `people_away`."
    )

    def draft(self, shift: DutyShift | None = None) -> ShiftDraft:
        """Return the checked values, on top of those of the shift that is changed."""
        values: dict[str, Any] = {**(_values_of(shift) if shift else {}), **self.validated_data}
        return ShiftDraft(
            kind=DutyShift.Kind(values["kind"]),
            place_id=values["place"],
            starts_at=values["starts_at"],
            ends_at=values["ends_at"],
            slots=[SlotDraft(DutySlot.Part(row["part"]), row["person"]) for row in values["slots"]],
            although_away=values.get("although_away", False),
        )


class SwapInput(StrictSerializer):
    """The person who takes over a shift, and a note for them."""

    taker = serializers.UUIDField()
    note = CleanTextField(max_length=1000, help_text="What the one who takes over needs to know.")


class TakeOverInput(StrictSerializer):
    """The reason why somebody steps in at once."""

    note = CleanTextField(max_length=1000, help_text="Why it cannot wait; whoever was on duty reads it.")


class SlotOutput(serializers.ModelSerializer[DutySlot]):
    """Somebody's part in a shift."""

    person = PersonOutput()

    class Meta:
        model = DutySlot
        fields = ["id", "part", "person"]


class ShiftRow(serializers.ModelSerializer[DutyShift]):
    """A shift with the people in it."""

    place = PlaceOutput(allow_null=True)
    slots = SlotOutput(many=True)

    class Meta:
        model = DutyShift
        fields = ["id", "kind", "place", "starts_at", "ends_at", "version", "slots"]


class SwapOutput(serializers.ModelSerializer[DutySwap]):
    """A slot that went from one person to another."""

    slot = serializers.UUIDField(source="slot_id", allow_null=True, help_text="Empty where the part is no more.")
    given_by = PersonOutput()
    taken_by = PersonOutput()

    class Meta:
        model = DutySwap
        fields = ["slot", "given_by", "taken_by", "note", "swapped_at", "is_emergency"]


class ShiftOutput(ShiftRow):
    """A shift with its people and, for those concerned and the keepers of the rosters, who took over from whom."""

    swaps = serializers.SerializerMethodField()

    class Meta(ShiftRow.Meta):
        fields = [*ShiftRow.Meta.fields, "swaps"]

    @extend_schema_field(SwapOutput(many=True))
    def get_swaps(self, _shift: DutyShift) -> object:
        """Return the swaps the reader may see."""
        return SwapOutput(self.context["swaps"], many=True).data


class AbsenceInput(StrictSerializer):
    """A time in which somebody cannot be reached."""

    person = serializers.UUIDField(required=False, allow_null=True, default=None, help_text="Oneself when missing.")
    starts_at = AwareDateTimeField()
    ends_at = AwareDateTimeField()


class AbsenceOutput(serializers.ModelSerializer[Absence]):
    """A time in which somebody cannot be reached."""

    person = PersonOutput()

    class Meta:
        model = Absence
        fields = ["id", "person", "starts_at", "ends_at"]


def _values_of(shift: DutyShift) -> dict[str, Any]:
    slots = [{"part": slot.part, "person": slot.person_id} for slot in shift.slots.all()]
    return {
        "kind": shift.kind,
        "place": shift.place_id,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "slots": slots,
    }
