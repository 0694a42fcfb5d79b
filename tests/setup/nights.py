"""A night of the coming weeks for rosters: what is over is left as it is, and what is over a year away is refused."""

from datetime import UTC, datetime, timedelta

_today = datetime.now(UTC).date()
_monday = _today + timedelta(days=14 - _today.weekday())
NIGHT, MORNING = _monday.isoformat(), (_monday + timedelta(days=1)).isoformat()
