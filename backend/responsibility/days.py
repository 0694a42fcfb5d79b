"""The days from and until which somebody can answer for something. Pure."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LATEST = date(2100, 1, 1)


def plausible(day: date) -> None:
    """Refuse a year that is a slip of the finger; past the end of the calendar no day could follow."""
    if day >= LATEST:
        raise ValidationError(_("This time is not plausible. Please check the year."), code="out_of_range")
