"""Instants as people read them: a day and a time of day in a named time zone and in the active language. Pure."""

from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

NO_SUCH_TIME = _("The clocks go forward then, so this time does not come on that day. Choose one before or after it.")


def moment_in(*, at: datetime, zone: tzinfo | str, with_year: bool = True) -> str:
    """Return an instant as the clock on the wall of a time zone shows it.

    Whatever is read outside a page gets its times from here, in the zone of the reader's school. In the hour that comes
    twice when summer time ends, the distance from UTC says which of the two is meant.
    """
    local = at.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)
    with_or_without = (
        pgettext("day and time for Django's date filter", "j M Y, H:i")
        if with_year
        else pgettext("day and time for Django's date filter", "j M, H:i")
    )
    return f"{date_format(local, with_or_without)}{_which_of_two(local)}"


def day_in_words(day: date) -> str:
    """Return a day with its year as people read it."""
    return date_format(day, pgettext("day for Django's date filter", "j M Y"))


def day_short(day: date) -> str:
    """Return a day without its year as people read it."""
    return date_format(day, pgettext("day for Django's date filter", "j M"))


def month_in_words(day: date) -> str:
    """Return the month of a day with its year as people read it."""
    return date_format(day, pgettext("month for Django's date filter", "F Y"))


def instant_of(*, wall: datetime, zone: tzinfo, now: datetime) -> datetime:
    """Return the instant at which a clock on the wall shows a time that was given without its zone.

    Of a time that comes twice it is the later one that is not in the future.
    """
    later, earlier = (wall.replace(tzinfo=zone, fold=fold) for fold in (1, 0))
    return later if later <= now else earlier


def is_twice(local: datetime) -> bool:
    """Say whether the wall clock of a time's zone shows this time twice on that day."""
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def _which_of_two(local: datetime) -> str:
    if not is_twice(local):
        return ""
    distance = f"{local:%z}"
    return f" (UTC{distance[:3]}:{distance[3:5]})"
