"""The instants between two others at which a night begins or ends. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from backend.calendars.working_time import first_instant
from backend.rulebook.ruleset import QuietHours

DAY = timedelta(days=1)


def night_borders(*, quiet_hours: QuietHours, zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the instants between two others at which the night begins or ends in a time zone."""
    if quiet_hours.starts == quiet_hours.ends:
        return
    day = since.astimezone(zone).date()
    while day <= until.astimezone(zone).date():
        for border in (quiet_hours.ends, quiet_hours.starts):
            at = first_instant(datetime.combine(day, border), zone)
            if since < at < until:
                yield at.astimezone(since.tzinfo)
        day += DAY
