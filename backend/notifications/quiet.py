"""The instant at which a message may ring: at once, or at the end of the night. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from backend.rulebook.ruleset import QuietHours, Severity


def rings_at(*, quiet: QuietHours, severity: Severity, at: datetime, zone: str) -> datetime:
    """Return `at`, or the next end of the quiet hours where they hold then and this severity does not ring in them."""
    local = at.astimezone(ZoneInfo(zone))
    if severity not in quiet.severities or not quiet.holds(local.time()):
        return at
    day = local.date() if local.time() < quiet.ends else local.date() + timedelta(days=1)
    return datetime.combine(day, quiet.ends, local.tzinfo).astimezone(at.tzinfo)
