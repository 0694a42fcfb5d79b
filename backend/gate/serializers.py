"""Shapes of the gate's log in the API."""

from datetime import datetime, timedelta
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.days import plausible
from backend.common.serializers import CleanTextField, StrictSerializer
from backend.gate.models import (
    LONGEST_ABOUT,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_PLATE,
    LONGEST_STAY,
    MOST_AT_ONCE,
    MOST_COUNTED,
    SHORTEST_STAY,
    GateEntry,
    GateVisit,
    OpenDay,
    Purpose,
    Refused,
    What,
)
from backend.gate.selectors import entries_of
from backend.gate.services import CountDraft, VisitDraft
from backend.organisation.models import Place
from backend.organisation.serializers import PersonOutput, UnitOutput


class GateVisitInput(StrictSerializer):
    """A visitor: one person or one office is visited; whoever is not let in needs neither."""

    gate = serializers.UUIDField(help_text="The place at which they came.")
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    visitor = CleanTextField(max_length=LONGEST_NAME, multiline=False, help_text="Their name.")
    plate = CleanTextField(max_length=LONGEST_PLATE, multiline=False, required=False, allow_blank=True, default="")
    people = serializers.IntegerField(min_value=1, max_value=MOST_AT_ONCE, required=False, default=1)
    host = serializers.UUIDField(required=False, allow_null=True, default=None, help_text="The person who is visited.")
    office = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="The office that is visited."
    )
    refused = serializers.ChoiceField(
        choices=Refused.choices, required=False, allow_null=True, default=None, help_text="Why they are not let in."
    )
    note = CleanTextField(max_length=LONGEST_NOTE, multiline=False, required=False, allow_blank=True, default="")

    def drafted(self) -> VisitDraft:
        """Return what was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        given = self.validated_data
        rest = {name: given[name] for name in ("purpose", "visitor", "plate", "people", "note")}
        reason = given["refused"] or ""
        return VisitDraft(
            gate_id=given["gate"], host_id=given["host"], office_id=given["office"], refused=reason, **rest
        )


class GateCorrectionInput(GateVisitInput):
    """The whole of a visit as it is right."""

    is_back = serializers.BooleanField(
        required=False, default=False, help_text="They were marked as gone by mistake, and are inside."
    )

    def corrected(self) -> tuple[VisitDraft, bool]:
        """Return what was sent, and whether they are inside after all; raise ValidationError."""
        return self.drafted(), self.validated_data["is_back"]


class ExpectInput(StrictSerializer):
    """The word of the host."""

    expected = serializers.BooleanField()


class StayInput(StrictSerializer):
    """The time after which somebody who is inside is overdue."""

    stay_minutes = serializers.IntegerField(min_value=SHORTEST_STAY, max_value=LONGEST_STAY)


class OpenDayInput(StrictSerializer):
    """A day on which everybody is let in."""

    day = serializers.DateField(validators=[plausible])
    about = CleanTextField(max_length=LONGEST_ABOUT, multiline=False)


class CountInput(StrictSerializer):
    """People counted at a gate; a number below zero takes away what was counted too much."""

    gate = serializers.UUIDField()
    came_in = serializers.IntegerField(min_value=-MOST_COUNTED, max_value=MOST_COUNTED, required=False, default=0)
    went_out = serializers.IntegerField(min_value=-MOST_COUNTED, max_value=MOST_COUNTED, required=False, default=0)

    def counted(self) -> CountDraft:
        """Return what was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        given = self.validated_data
        return CountDraft(given["gate"], given["came_in"], given["went_out"])


class GateOutput(serializers.ModelSerializer[Place]):
    """The place of a gate."""

    name = serializers.CharField(read_only=True)

    class Meta:
        model = Place
        fields = ("id", "code", "name")


class GateEntryOutput(serializers.ModelSerializer[GateEntry]):
    """One row of the log: everything known of a visit from then on."""

    what = serializers.ChoiceField(choices=What.choices)
    gate = GateOutput()
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    host = PersonOutput(allow_null=True)
    asked = PersonOutput(allow_null=True, help_text="Who is asked in the host's place, who is away.")
    office = UnitOutput(allow_null=True)
    refused = serializers.SerializerMethodField(help_text="Why they were not let in; null: they were.")
    written_by = PersonOutput()

    class Meta:
        model = GateEntry
        fields = (
            *("number", "what", "written_by", "written_at", "left_at", "gate", "purpose", "visitor", "plate"),
            *("people", "host", "asked", "office", "expected", "refused", "note"),
        )

    @extend_schema_field(serializers.ChoiceField(choices=Refused.choices, allow_null=True))
    def get_refused(self, entry: GateEntry) -> str | None:
        """Return the reason."""
        return entry.refused or None


class GateVisitRow(serializers.ModelSerializer[GateVisit]):
    """A visit in the log, as its last entry says."""

    entry = GateEntryOutput()
    is_overdue = serializers.SerializerMethodField(help_text="Inside for longer than the school lets visitors stay.")

    class Meta:
        model = GateVisit
        fields: tuple[str, ...] = ("id", "came_at", "is_inside", "is_overdue", "entry")

    def get_is_overdue(self, visit: GateVisit) -> bool:
        """Return whether they should have left."""
        now: datetime = self.context["now"]
        stay: timedelta = self.context["stay"]
        return visit.is_inside and visit.came_at < now - stay


class GateVisitOutput(GateVisitRow):
    """A visit with everything that was entered about it."""

    entries = serializers.SerializerMethodField(help_text="The first at the top; the last is `entry`.")

    class Meta(GateVisitRow.Meta):
        fields = (*GateVisitRow.Meta.fields, "entries")

    @extend_schema_field(GateEntryOutput(many=True))
    def get_entries(self, visit: GateVisit) -> Any:
        """Return the entries."""
        return GateEntryOutput(entries_of(visit=visit), many=True).data


class StayOutput(serializers.Serializer[Any]):
    """The time after which somebody who is inside is overdue."""

    stay_minutes = serializers.IntegerField()


class OpenDayOutput(serializers.ModelSerializer[OpenDay]):
    """An open day, and how many came and went."""

    called_by = PersonOutput()
    came_in = serializers.SerializerMethodField()
    went_out = serializers.SerializerMethodField()

    class Meta:
        model = OpenDay
        fields = ("id", "day", "about", "called_by", "called_at", "came_in", "went_out")

    def get_came_in(self, open_day: OpenDay) -> int:
        """Return how many came."""
        return int(open_day.came_in)  # type: ignore[attr-defined]  # the selector's

    def get_went_out(self, open_day: OpenDay) -> int:
        """Return how many went."""
        return int(open_day.went_out)  # type: ignore[attr-defined]  # the selector's
