"""Shapes of holidays and terms from a calendar file in the API."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.calendars.ical import LONGEST_DAYS, LONGEST_NAME, MOST_ENTRIES, IcalDays, IcalKind, IcalProblem
from backend.calendars.ical_merge import Joined
from backend.calendars.ical_text import MAXIMUM_BYTES
from backend.common.serializers import CleanTextField, StrictSerializer

KINDS = [(kind.value, kind.value) for kind in IcalKind]


class CalendarFileInput(StrictSerializer):
    """A calendar file (iCalendar, RFC 5545) to look at."""

    file = serializers.CharField(max_length=MAXIMUM_BYTES, trim_whitespace=False, help_text="The text of the file.")


class SpanOfDaysInput(StrictSerializer):
    """Whole days under a name, both ends included, and what they are to the school."""

    first = serializers.DateField()
    last = serializers.DateField()
    name = CleanTextField(max_length=LONGEST_NAME, multiline=False)
    kind = serializers.ChoiceField(choices=KINDS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse an end before the beginning, and what is longer than any term."""
        if not 0 <= (attrs["last"] - attrs["first"]).days < LONGEST_DAYS:
            raise serializers.ValidationError({"last": _("It ends on its first day or later, within 250 days.")})
        return attrs


class CalendarDaysInput(StrictSerializer):
    """The days of a file as they were looked at, each with the kind it is to have."""

    days = serializers.ListField(child=SpanOfDaysInput(), min_length=1, max_length=MOST_ENTRIES)

    def rows(self) -> list[IcalDays]:
        """Return the validated days, each once."""
        return sorted(
            {
                IcalDays(row["first"], row["last"], row["name"], IcalKind(row["kind"]))
                for row in self.validated_data["days"]
            }
        )


class CalendarDaysOutput(serializers.Serializer[Any]):
    """Days of a file and what becomes of them: `added`, `known` already, `overlaps` another, or `left_out`."""

    first = serializers.DateField()
    last = serializers.DateField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    outcome = serializers.ChoiceField(choices=[(outcome.value, outcome.value) for outcome in Joined])


class CalendarProblemOutput(serializers.Serializer[IcalProblem]):
    """An entry that is not taken in, and why."""

    name = serializers.CharField()
    message = serializers.CharField()


class CalendarFileOutput(serializers.Serializer[Any]):
    """Everything a file says about the years that can be changed."""

    days = CalendarDaysOutput(many=True)
    problems = CalendarProblemOutput(many=True)
