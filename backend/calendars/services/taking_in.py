"""Taking the holidays and terms of a calendar file into a calendar, by the same checks as a calendar's own file."""

from collections.abc import Sequence

from django.db import transaction

from backend.calendars.content import calendar_content, public_days_free
from backend.calendars.ical import IcalDays
from backend.calendars.ical_merge import Merged, ical_merge
from backend.calendars.models import Calendar
from backend.calendars.services.importing import calendar_fill
from backend.calendars.validation import calendar_errors
from backend.common.errors import Invalid


class CalendarFileRefused(Invalid):
    """With these days the calendar would break its own rules."""

    code = "calendar_file_refused"


def calendar_join(*, calendar: Calendar, rows: Sequence[IcalDays]) -> Merged:
    """Return what a calendar would be with the days of a file, and what would become of each; nothing is stored."""
    merged = ical_merge(
        content=calendar_content(calendar=calendar), free=public_days_free(calendar=calendar), rows=rows
    )
    errors = calendar_errors(merged.content)
    if errors:
        raise CalendarFileRefused(" ".join(errors[:5]))
    return merged


@transaction.atomic
def calendar_take_in(*, calendar: Calendar, rows: Sequence[IcalDays]) -> Merged:
    """Store the days of a file in a locked calendar; the version rises only where something differs."""
    merged = calendar_join(calendar=calendar, rows=rows)
    calendar_fill(calendar=calendar, content=merged.content)
    return merged
