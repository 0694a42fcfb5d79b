"""Shapes of what is kept for how long, and of the account of what was forgotten."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import CleanTextField, StrictSerializer
from backend.organisation.serializers import PersonOutput
from backend.retention.models import What
from backend.workflow.models import PersonHold
from backend.workflow.models.holds import LONGEST_REASON


class KeptPeriodOutput(serializers.Serializer[Any]):
    """A period: of what, how long it lasts and how it ends, in the reader's language."""

    code = serializers.CharField(source="key")
    of = serializers.CharField()
    lasts = serializers.CharField()
    ends = serializers.CharField()


class ForgottenOutput(serializers.Serializer[Any]):
    """A line of the account: the number forgotten of a kind on a day."""

    day = serializers.DateField()
    what = serializers.ChoiceField(choices=What.choices)
    count = serializers.IntegerField(source="total")


class KeptOutput(serializers.Serializer[Any]):
    """All periods, and the last days of the account."""

    periods = KeptPeriodOutput(many=True)
    forgotten = ForgottenOutput(many=True)


class HoldReasonInput(StrictSerializer):
    """The reason for which something is kept, or is no longer."""

    reason = CleanTextField(max_length=LONGEST_REASON)


class PersonHoldInput(HoldReasonInput):
    """A person of whose matters all is to be kept, and why."""

    person = serializers.UUIDField()


class PersonHoldEndOutput(serializers.ModelSerializer[PersonHold]):
    """The end of a hold: by whom, when and why."""

    by = PersonOutput()
    reason = serializers.CharField(source="words")

    class Meta:
        model = PersonHold
        fields = ("by", "at", "reason")


class PersonHoldOutput(serializers.ModelSerializer[PersonHold]):
    """A hold on a person's matters, and its end."""

    person = PersonOutput()
    by = PersonOutput()
    reason = serializers.CharField(source="words")
    end = serializers.SerializerMethodField(help_text="Null: it stands.")

    class Meta:
        model = PersonHold
        fields = ("id", "person", "by", "at", "reason", "end")

    @extend_schema_field(PersonHoldEndOutput(allow_null=True))
    def get_end(self, hold: PersonHold) -> Any:
        """Return by whom, when and why it ended."""
        ending = getattr(hold, "ending", None)
        return PersonHoldEndOutput(ending).data if ending else None
