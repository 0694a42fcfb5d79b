"""Shapes of sweeps in the API."""

from rest_framework import serializers

from backend.common.serializers import AwareDateTimeField, CleanTextField, StrictSerializer
from backend.organisation.serializers import PersonOutput
from backend.rounds.models import RoundSweep
from backend.rounds.services.sweeping import SweepDraft
from backend.rulebook.route_checks import MOST_PLACES


class SweepInput(StrictSerializer):
    """The question, its places in order, the office that looks at them, and until when."""

    question = CleanTextField(max_length=300, help_text="Read by the office, which may not know of the ticket.")
    places = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_PLACES)
    office = serializers.UUIDField()
    due_at = AwareDateTimeField()
    again_of = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="A sweep of which somebody else looks at a part again."
    )

    def draft(self) -> SweepDraft:
        """Return what was sent."""
        given = self.validated_data
        return SweepDraft(given["question"], given["places"], given["office"], given["due_at"], given["again_of"])


def sweep_read(body: object) -> SweepDraft:
    """Return a sweep as it was sent; raise ValidationError."""
    given = SweepInput(data=body)
    given.is_valid(raise_exception=True)
    return given.draft()


class SweepOutput(serializers.ModelSerializer[RoundSweep]):
    """The question of a round that was asked for; its ticket is among `tickets` for those who may know of it."""

    by = PersonOutput()
    again_of = serializers.UUIDField(source="again_of_id", allow_null=True)

    class Meta:
        model = RoundSweep
        fields = ("question", "by", "at", "again_of")
