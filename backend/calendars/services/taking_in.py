"""Taking the holidays and terms of a calendar file into a calendar, by the same checks as a calendar's own file."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from backend.calendars.content import calendar_content, public_days_free
from backend.calendars.ical import IcalDays, IcalFile, ical_read
from backend.calendars.ical_merge import Merged, ical_merge
from backend.calendars.ical_text import IcalUnreadable
from backend.calendars.models import Calendar
from backend.calendars.services.days import YEARS_AHEAD, YEARS_BACK
from backend.calendars.services.importing import calendar_fill
from backend.calendars.validation import calendar_errors
from backend.common.errors import Invalid


class CalendarFileRefused(Invalid):
    """With these days the calendar would break its own rules."""

    code = "calendar_file_refused"


def calendar_file_read(*, content: bytes, zone: ZoneInfo, today: date) -> IcalFile:
    """Return what a calendar file says about the years that can be changed; raise IcalUnreadable or IcalTooLarge."""
    first, last = date(today.year - YEARS_BACK, 1, 1), date(today.year + YEARS_AHEAD, 12, 31)
    found = ical_read(content, zone=zone, first=first, last=last)
    if not found.days and not found.problems:
        raise IcalUnreadable(_("There is nothing in this file for last year, this year and the next two."))
    return found


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
