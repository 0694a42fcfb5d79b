"""The public holidays of other countries than China, as the `holidays` library computes them: proposals only. Pure."""

from collections.abc import Iterable
from datetime import date

from django.utils.module_loading import import_string

from backend.calendars.public_holidays import COUNTRY_HOLIDAYS

LONGEST_NOTE = 120


def holidays_proposed(*, country: str, years: Iterable[int]) -> dict[date, str]:
    """Return the weekdays of some years on which a country rests, with their names in English where it has them."""
    known = import_string(COUNTRY_HOLIDAYS)(country, years=list(years))
    return {day: str(known[day])[:LONGEST_NOTE] for day in sorted(known) if day.weekday() < 5}  # noqa: PLR2004
