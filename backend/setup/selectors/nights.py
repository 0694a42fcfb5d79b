"""Reads of the nights for which a boarding school has somebody on its roster."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from backend.duty.models import DutySlot
from backend.organisation.models import School

NIGHT = time(22)
DAYS = 28


def nights_led(*, school: School, since: datetime) -> int:
    """Return on how many of the next 28 nights, at ten in the evening, somebody on the roster leads; one query."""
    zone = ZoneInfo(school.time_zone)
    today = since.astimezone(zone).date()
    nights = [datetime.combine(today + timedelta(days=day), NIGHT, tzinfo=zone) for day in range(DAYS)]
    led = DutySlot.objects.filter(
        part=DutySlot.Part.LEADER,
        shift__school=school,
        shift__starts_at__lte=nights[-1],
        shift__ends_at__gt=nights[0],
    )
    spans = list(led.values_list("shift__starts_at", "shift__ends_at"))
    return sum(any(starts_at <= night < ends_at for starts_at, ends_at in spans) for night in nights)
