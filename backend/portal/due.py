"""The time left until something is due, in words and with a sign, so that no meaning hangs on a colour. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from backend.common.moments import moment_in
from backend.workflow.models import NEVER_DUE

SOON = timedelta(hours=1)
MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Due:
    """A due time as a page shows it: `tone` is late, soon or calm."""

    at: datetime
    tone: str
    icon: str
    words: str


def due_of(*, at: datetime, now: datetime) -> Due | None:
    """Return how a due time is shown; None when no clock runs."""
    if at == NEVER_DUE:
        return None
    left = at - now
    if left < timedelta(0):
        return Due(at, "late", "alert", _("Overdue by %(time)s") % {"time": span(-left)})
    if left < SOON:
        return Due(at, "soon", "clock", _("%(time)s left") % {"time": span(left)})
    return Due(at, "calm", "clock", _("%(time)s left") % {"time": span(left)})


def moment(at: datetime) -> str:
    """Return an instant as a day and a time of day in the active time zone, with the year where it is another one."""
    # Only how the day is written depends on this clock.
    is_this_year = localtime(at).year == localtime().year
    return moment_in(at=at, zone=get_current_timezone(), with_year=not is_this_year)


def until(*, start: datetime, end: datetime) -> str:
    """Return the end of a stretch of time in words: on the day on which it starts, the time of day alone."""
    first, last = localtime(start), localtime(end)
    return f"{last:%H:%M}" if first.date() == last.date() else moment(end)


def span(length: timedelta) -> str:
    """Return a length of time in its one or two largest units, rounded down."""
    seconds = int(length.total_seconds())
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // MINUTE
    if seconds < MINUTE:
        return _("less than a minute")
    parts = []
    if days:
        parts.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if minutes and not days:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    return joined(parts)


def joined(parts: list[str]) -> str:
    """Join a larger and a smaller unit of time as the reader's language does."""
    if len(parts) == 1:
        return parts[0]
    return pgettext("2 hours 5 minutes", "%(larger)s %(smaller)s") % {"larger": parts[0], "smaller": parts[1]}
