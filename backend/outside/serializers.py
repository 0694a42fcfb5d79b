"""Shapes of reports to somebody outside in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import AwareDateTimeField, CleanTextField, StrictSerializer
from backend.organisation.serializers import PersonOutput
from backend.outside.models import (
    LONGEST_KEY,
    LONGEST_NAME,
    LONGEST_PHONE,
    LONGEST_REFERENCE,
    LONGEST_WORDS,
    OutsideDuty,
    OutsideWord,
)
from backend.outside.selectors.duties import DutyShown, OutsideShown
from backend.outside.services.saying import Said
from backend.rulebook.marks import Mark
from backend.rulebook.outside_rules import ReportStep, Way


class ClockInput(StrictSerializer):
    """The report that somebody says applies."""

    clock = serializers.CharField(max_length=LONGEST_KEY, help_text="Its key in the rulebook, as `R2`.")

    def key(self) -> str:
        """Return the key that was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        return str(self.validated_data["clock"])


class ToldInput(StrictSerializer):
    """The word that something was told outside."""

    kind = OutsideWord.Kind.TOLD
    at = AwareDateTimeField(required=False, allow_null=True, default=None, help_text="Left out: now.")
    caller = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Who told it; left out: the signed-in person."
    )
    whom = CleanTextField(max_length=LONGEST_NAME, multiline=False, help_text="Whoever took it at the other end.")
    way = serializers.ChoiceField(
        choices=Way.choices, required=False, allow_null=True, default=None, help_text="Left out: as the rules say."
    )
    reference = CleanTextField(
        max_length=LONGEST_REFERENCE, multiline=False, required=False, allow_blank=True, default=""
    )
    words = CleanTextField(max_length=LONGEST_WORDS, required=False, allow_blank=True, default="")
    corrects = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="The word that it corrects; both stay on record."
    )

    def said(self) -> Said:
        """Return what was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        values = self.validated_data
        return Said(
            kind=self.kind,
            at=values["at"],
            caller_id=values["caller"],
            whom=values["whom"],
            way=values["way"] or "",
            reference=values["reference"],
            words=values["words"],
            corrects=values["corrects"],
        )


class FollowedUpInput(ToldInput):
    """The word that something was told after the first time: what changed since."""

    kind = OutsideWord.Kind.FOLLOWED_UP


class ReasonInput(StrictSerializer):
    """The reason why a report does not apply, or applies after all."""

    words = CleanTextField(max_length=LONGEST_WORDS)
    corrects = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="The word that it corrects; both stay on record."
    )

    def said_of(self, kind: OutsideWord.Kind) -> Said:
        """Return what was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        return Said(kind=kind, words=self.validated_data["words"], corrects=self.validated_data["corrects"])


class PhoneInput(StrictSerializer):
    """The number at which somebody outside is reached."""

    phone = CleanTextField(max_length=LONGEST_PHONE, multiline=False, allow_blank=True, help_text="Empty: none.")

    def said(self) -> str:
        """Return the number that was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        return str(self.validated_data["phone"]).strip()


class RecipientOutput(serializers.Serializer[Any]):
    """Somebody outside who is told."""

    code = serializers.CharField()
    name = serializers.CharField()


class NumberOutput(serializers.Serializer[Any]):
    """Somebody outside whom the school may have to tell, and the number that it noted."""

    recipient = RecipientOutput()
    phone = serializers.CharField(help_text="Empty: none is noted.")


class OutsideWordOutput(serializers.ModelSerializer[OutsideWord]):
    """One word on a report; what a later one corrects stays as it was said."""

    kind = serializers.ChoiceField(choices=OutsideWord.Kind.choices)
    caller = PersonOutput(allow_null=True, help_text="Who told it.")
    by = PersonOutput(help_text="Who noted it.")
    corrects = serializers.UUIDField(source="corrects_id", allow_null=True)
    is_corrected = serializers.SerializerMethodField()

    class Meta:
        model = OutsideWord
        fields = (
            *("id", "number", "kind", "at", "caller", "whom", "way", "reference", "words", "by", "recorded_at"),
            *("corrects", "is_corrected"),
        )

    @extend_schema_field(serializers.BooleanField())
    def get_is_corrected(self, word: OutsideWord) -> bool:
        """Say whether a later word corrects it."""
        return hasattr(word, "corrected_by")


class OutsideDutyOutput(serializers.Serializer[Any]):
    """One report that somebody makes to somebody outside; nothing is sent by the system."""

    id = serializers.UUIDField(source="duty.id")
    ticket = serializers.UUIDField(source="duty.ticket_id")
    clock = serializers.CharField(source="duty.clock")
    trigger = serializers.CharField(source="clock.trigger", help_text="What it is called for by.")
    to = RecipientOutput()
    phone = serializers.CharField(help_text="As the school noted it; empty: none.")
    way = serializers.ChoiceField(choices=Way.choices, source="tell.way")
    report = serializers.ChoiceField(choices=ReportStep.choices, source="tell.report")
    is_judged = serializers.BooleanField(
        source="tell.is_judged", help_text="Whether somebody who leads says if it applies; its time runs meanwhile."
    )
    because = serializers.ChoiceField(
        choices=OutsideDuty.Cause.choices, source="duty.cause", help_text="Why it started."
    )
    started_at = serializers.DateTimeField(source="duty.started_at")
    due_at = serializers.DateTimeField(source="duty.due_at", help_text="By which the system reminds.")
    law_until = serializers.DateTimeField(allow_null=True, help_text="The law's own limit; null: it gives no number.")
    mark = serializers.ChoiceField(choices=Mark.choices, source="clock.mark", help_text="How well the law was read.")
    state = serializers.ChoiceField(choices=OutsideDuty.State.choices, source="duty.state")
    settled_at = serializers.DateTimeField(source="duty.settled_at", allow_null=True)
    words = OutsideWordOutput(many=True, help_text="In order; empty for whoever reads as reporter.")


class OfferedOutput(serializers.Serializer[Any]):
    """A report that somebody may say applies."""

    clock = serializers.CharField(source="key")
    trigger = serializers.CharField()


class OutsideDutiesOutput(serializers.Serializer[Any]):
    """All that has to be told outside because of a ticket."""

    ticket = serializers.SerializerMethodField()
    duties = OutsideDutyOutput(many=True)
    may_tell = serializers.BooleanField()
    may_judge = serializers.BooleanField()
    offered = OfferedOutput(many=True)

    @extend_schema_field(serializers.UUIDField())
    def get_ticket(self, _shown: OutsideShown) -> Any:
        """Return the ticket's id."""
        return self.context["ticket"].id


class OutsideDueOutput(OutsideDutyOutput):
    """One report that is to be made, of a ticket that the reader may know of."""

    reference = serializers.SerializerMethodField(help_text="Of its ticket.")

    @extend_schema_field(serializers.CharField())
    def get_reference(self, shown: DutyShown) -> str:
        """Return the reference of its ticket."""
        return shown.duty.ticket.reference
