"""Shapes of the figures in the API; lengths of time are whole seconds, days those of the school."""

from datetime import date, timedelta
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import StrictSerializer
from backend.insights.shapes import LONGEST_WEEKS, Figures, Narrowing, Period
from backend.rulebook.wording import Group

LONGEST = timedelta(weeks=LONGEST_WEEKS)
DAYS_COUNTED = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31)))
"""Far enough from the ends of the calendar that the days around a period are dates too."""


class FiguresInput(StrictSerializer):
    """The period and what is chosen of all that the reader counts."""

    first_day = serializers.DateField(
        required=False, validators=DAYS_COUNTED, help_text="Twelve weeks up to today where it is left out."
    )
    last_day = serializers.DateField(required=False, validators=DAYS_COUNTED)
    school = serializers.UUIDField(required=False, help_text="One school; for the bureau.")
    office = serializers.UUIDField(required=False, help_text="One office of the school.")
    group = serializers.ChoiceField(choices=Group.choices, required=False, help_text="One group of categories.")

    default_error_messages = {
        "both_days": _("Give both first_day and last_day, or neither."),
        "period_turned": _("The last day lies before the first."),
        "period_too_long": _("A period has at most 53 weeks."),
    }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that the days make a period; raise ValidationError."""
        first, last = attrs.get("first_day"), attrs.get("last_day")
        if (first is None) != (last is None):
            self._fail("last_day" if last is None else "first_day", "both_days")
        if first and last and last < first:
            self._fail("last_day", "period_turned")
        if first and last and last - first >= LONGEST:
            self._fail("last_day", "period_too_long")
        return attrs

    def _fail(self, name: str, code: str) -> None:
        message = serializers.ErrorDetail(str(self.error_messages[code]), code=code)
        raise serializers.ValidationError({name: [message]})

    @property
    def period(self) -> Period | None:
        """The period that was asked for; None for the usual one."""
        given = self.validated_data
        return Period(given["first_day"], given["last_day"]) if "first_day" in given else None

    @property
    def narrowing(self) -> Narrowing:
        """The choice among what the reader counts."""
        given = self.validated_data
        group = given.get("group")
        return Narrowing(given.get("school"), given.get("office"), Group(group) if group else None)


@extend_schema_field(int)
class SecondsField(serializers.Field[timedelta, Any, int, Any]):
    """A length of time in whole seconds."""

    def to_representation(self, value: timedelta) -> int:
        """Return the seconds."""
        return round(value.total_seconds())


class TimesOutput(serializers.Serializer[Any]):
    """The time from filing until something happened: for how many tickets, within what for half and nine of ten."""

    count = serializers.IntegerField()
    median = SecondsField(allow_null=True)
    p90 = SecondsField(allow_null=True)


class TallyOutput(serializers.Serializer[Any]):
    """The numbers of some tickets, all as they are now."""

    filed = serializers.IntegerField()
    incidents = serializers.IntegerField()
    hazards = serializers.IntegerField()
    near_misses = serializers.IntegerField()
    acknowledge = TimesOutput()
    resolve = TimesOutput()
    overdue = serializers.IntegerField(help_text="Missed a deadline at some time.")
    escalated = serializers.IntegerField(help_text="Went up a ladder.")
    reopened = serializers.IntegerField()
    repeats = serializers.IntegerField(help_text="The same category at the same place again within 30 days.")
    open = serializers.IntegerField()
    waiting = serializers.IntegerField()
    declined = serializers.IntegerField()


class WeekOutput(TallyOutput):
    """The numbers of what was filed in a week."""

    week = serializers.DateField(help_text="Its Monday.")


class NamedOutput(serializers.Serializer[Any]):
    """A school, an office, a place or a category by its names."""

    key = serializers.CharField(help_text="Its id; a category's code.")
    name_zh = serializers.CharField()
    name_en = serializers.CharField()


class PartOutput(serializers.Serializer[Any]):
    """The numbers of an office, or for the bureau of a school."""

    of = NamedOutput()
    tally = TallyOutput()


class InHandOutput(serializers.Serializer[Any]):
    """The time for which an office had tickets that it has no more; for the bureau, an office of a school."""

    of = NamedOutput()
    times = TimesOutput()


class RepeatedOutput(serializers.Serializer[Any]):
    """A category that was reported again at one place."""

    school = NamedOutput()
    place = NamedOutput()
    category = NamedOutput()
    count = serializers.IntegerField()
    last_at = serializers.DateTimeField()


class VeiledOutput(serializers.Serializer[Any]):
    """The number of confidential reports under one heading; null where it is not shown."""

    key = serializers.CharField(help_text="A group of categories, for the bureau a school's id.")
    count = serializers.IntegerField(
        source="shown.count", allow_null=True, help_text="Null: fewer than 5, or of a sum, each of its parts is."
    )
    or_more = serializers.BooleanField(
        source="shown.or_more",
        help_text="The number may be larger: of a month that is not over it is rounded down to a multiple of 5, and a "
        "sum leaves out what is not shown.",
    )
    acknowledge = TimesOutput()
    resolve = TimesOutput()


class ConfidentialMonthOutput(serializers.Serializer[Any]):
    """Reports of a whole month that are or were class K1 or K2; they are in none of the other figures.

    It is the same whichever days, school, office or group were chosen. `count` of the times is rounded down to a
    multiple of 5, and there are none while the month is not over.
    """

    month = serializers.DateField(help_text="Its first day.")
    is_over = serializers.BooleanField(help_text="It has been over for a day.")
    total = VeiledOutput()
    parts = VeiledOutput(many=True)


class FiguresOutput(serializers.Serializer[Any]):
    """Figures of a period; exercises are left out, and all but `confidential` hold class K0 alone."""

    first_day = serializers.DateField(source="period.first")
    last_day = serializers.DateField(source="period.last")
    total = TallyOutput()
    weeks = serializers.SerializerMethodField()
    parts = PartOutput(many=True)
    hands = InHandOutput(many=True)
    ages = serializers.ListField(
        child=serializers.IntegerField(), help_text="Open now by age: under 1, 7, 30, 90 days, and over."
    )
    hours = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="Filed by weekday from Monday, and in each by hour from 0.",
    )
    repeated = RepeatedOutput(many=True)
    confidential = ConfidentialMonthOutput(many=True, help_text="Every month of which a day lies in the period.")

    @extend_schema_field(WeekOutput(many=True))
    def get_weeks(self, figures: Figures) -> list[dict[str, Any]]:
        """Return the weeks in their order."""
        return [{"week": week.isoformat(), **TallyOutput(tally).data} for week, tally in figures.weeks.items()]
