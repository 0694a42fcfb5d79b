"""Shapes of what is kept for how long, and of the account of what was forgotten."""

from typing import Any

from rest_framework import serializers

from backend.retention.models import What


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
