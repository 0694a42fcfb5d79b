"""The days that somebody can mean: no slip of the finger, and none at the edge of the calendar. Pure."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


def plausible(day: date) -> None:
    """Refuse a year that is a slip of the finger; at the edges of the calendar no day could come before or follow."""
    if not EARLIEST <= day < LATEST:
        raise ValidationError(_("This time is not plausible. Please check the year."), code="out_of_range")
