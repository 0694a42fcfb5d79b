"""Shapes of visits from outside in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.days import plausible
from backend.common.serializers import CleanTextField, StrictSerializer
from backend.organisation.serializers import PersonOutput
from backend.rounds.models import Authority, OutsideVisit
from backend.rounds.reply_shapes import OutsideReplyOutput
from backend.rounds.selectors.outside import findings_of
from backend.rounds.services.outside import OutsideDraft
from backend.workflow.states import State


class OutsideVisitInput(StrictSerializer):
    """The authority that came, who of it, on which day, and what they said."""

    authority = serializers.ChoiceField(choices=Authority.choices)
    who = CleanTextField(max_length=200, help_text="The department, and how to reach it.")
    day = serializers.DateField(validators=[plausible])
    words = CleanTextField(max_length=4000, required=False, allow_blank=True, default="")

    def draft(self) -> OutsideDraft:
        """Return what was sent."""
        given = self.validated_data
        return OutsideDraft(given["authority"], given["who"], given["day"], given["words"])


class OutsideFindingInput(StrictSerializer):
    """A ticket about what they found, and the day by which they want an answer."""

    ticket = serializers.CharField(max_length=40, help_text="Its id or reference.")
    answer_by = serializers.DateField(required=False, allow_null=True, default=None, validators=[plausible])


class OutsideFindingOutput(serializers.Serializer[Any]):
    """A ticket about what a visit found."""

    ticket = serializers.UUIDField(source="ticket_id")
    reference = serializers.CharField(source="ticket.reference")
    state = serializers.ChoiceField(source="ticket.state", choices=State.choices)
    answer_by = serializers.DateField(
        source="wanted_by", allow_null=True, help_text="As it stands now; the day first named may have moved."
    )


class OutsideVisitOutput(serializers.ModelSerializer[OutsideVisit]):
    """A visit from outside, with those of its findings whose tickets the reader may know of."""

    by = PersonOutput()
    replies = OutsideReplyOutput(many=True, help_text="The answers that they want.")
    findings = serializers.SerializerMethodField()

    class Meta:
        model = OutsideVisit
        fields = ("id", "school", "authority", "who", "day", "words", "by", "at", "replies", "findings")

    @extend_schema_field(OutsideFindingOutput(many=True))
    def get_findings(self, visit: OutsideVisit) -> Any:
        """Return what it found; read once for a whole page."""
        found = self.context.get("found")
        if found is None:
            found = findings_of(actor=self.context["actor"], visits=[visit])
        return OutsideFindingOutput([one for one in found if one.visit_id == visit.id], many=True).data
