"""Shapes of calendars in the API; days are written as 2026-09-01, times of day as 08:30 by the school's clock."""

from datetime import date, time
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.calendars.models import Calendar, CalendarDay, CalendarPeriod, Term, YearlyHoliday
from backend.common.serializers import CleanTextField, StrictSerializer

MIDNIGHT_HELP = "00:00 is the midnight that ends the day; it may be sent as 24:00, too."
TIME_FORMAT = "%H:%M"


class ClosingField(serializers.TimeField):
    """The end of a day's hours."""

    def to_internal_value(self, value: Any) -> time:
        """Read 24:00 as midnight."""
        return super().to_internal_value("00:00" if value == "24:00" else value)


class WeeklyHoursOutput(serializers.Serializer[Any]):
    """One stretch of working time on one weekday."""

    weekday = serializers.IntegerField(help_text="0 is Monday.")
    opens = serializers.TimeField(format=TIME_FORMAT)
    closes = serializers.TimeField(format=TIME_FORMAT, help_text=MIDNIGHT_HELP)


class TermOutput(serializers.ModelSerializer[Term]):
    """A term, both days included."""

    name = serializers.CharField(read_only=True)

    class Meta:
        model = Term
        fields = ["id", "name", "first", "last"]


class YearlyHolidayOutput(serializers.ModelSerializer[YearlyHoliday]):
    """A day on which nobody works in any year, unless `days` says otherwise for the year."""

    day = serializers.CharField(source="__str__", help_text="Month and day, as 10-15.")

    class Meta:
        model = YearlyHoliday
        fields = ["day", "note"]


class PeriodOutput(serializers.ModelSerializer[CalendarPeriod]):
    """A run of days in which only those on duty work, by weekly hours of its own."""

    hours = WeeklyHoursOutput(many=True)

    class Meta:
        model = CalendarPeriod
        fields = ["first", "last", "note", "hours"]


class CalendarDayOutput(serializers.ModelSerializer[CalendarDay]):
    """A day that differs from its week: worked as a weekday, for hours of its own, or free when both are empty."""

    works_as = serializers.IntegerField(source="works_as_weekday", allow_null=True, help_text="0 is Monday.")
    opens = serializers.TimeField(format=TIME_FORMAT, allow_null=True)
    closes = serializers.TimeField(format=TIME_FORMAT, allow_null=True, help_text=MIDNIGHT_HELP)

    class Meta:
        model = CalendarDay
        fields = ["day", "works_as", "opens", "closes", "note", "is_published"]


class CalendarRow(serializers.ModelSerializer[Calendar]):
    """A calendar by name."""

    name = serializers.CharField(read_only=True)

    class Meta:
        model = Calendar
        fields = ["id", "name", "version", "published_until"]


class CalendarOutput(CalendarRow):
    """A calendar with everything that decides when the school works; `days` are those of the span asked for."""

    hours = WeeklyHoursOutput(many=True)
    terms = TermOutput(many=True)
    periods = PeriodOutput(many=True)
    yearly = YearlyHolidayOutput(many=True)
    days = CalendarDayOutput(many=True)

    class Meta:
        model = Calendar
        fields = ["id", "name", "version", "published_until", "hours", "terms", "periods", "yearly", "days"]


class CalendarDayInput(StrictSerializer):
    """The working hours of one day: those of a weekday, or hours of its own; nobody works when neither is given."""

    works_as = serializers.IntegerField(min_value=0, max_value=6, allow_null=True, default=None)
    opens = serializers.TimeField(allow_null=True, default=None)
    closes = ClosingField(allow_null=True, default=None, help_text=MIDNIGHT_HELP)
    note = CleanTextField(max_length=120, multiline=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse hours without an end, hours beside a weekday, and an end before the beginning."""
        opens, closes = attrs["opens"], attrs["closes"]
        if (opens is None) != (closes is None):
            raise serializers.ValidationError({"closes": _("Hours of a day have a beginning and an end.")})
        if opens is not None and attrs["works_as"] is not None:
            raise serializers.ValidationError(
                {"works_as": _("Give hours of the day's own or the weekday it is worked as, not both.")}
            )
        if opens is not None and closes <= opens and closes != time.min:
            raise serializers.ValidationError({"closes": _("The end must come after the beginning.")})
        return attrs


class SpanInput(StrictSerializer):
    """The span of days that is asked for; without one the next 400 days from today."""

    until = serializers.DateField(required=False)

    def get_fields(self) -> dict[str, Any]:
        """Add `from`, which cannot be written as a name in Python."""
        return {"from": serializers.DateField(required=False), **super().get_fields()}


def span_of(values: dict[str, date], *, today: date, days: int) -> tuple[date, date] | None:
    """Return the first and the last day asked for, None where they are the wrong way round or too far apart."""
    first = values.get("from") or min(today, values.get("until", today))
    limit = date.max.toordinal()
    last = values.get("until") or date.fromordinal(min(first.toordinal() + days, limit))
    return (first, last) if 0 <= (last - first).days <= 2 * days else None
