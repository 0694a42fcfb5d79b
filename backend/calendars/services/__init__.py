"""Every write on calendars."""

from backend.calendars.services.importing import calendar_fill
from backend.calendars.services.versions import CALENDAR_CHANGED, calendar_check, calendar_raise_version

__all__ = ["CALENDAR_CHANGED", "calendar_check", "calendar_fill", "calendar_raise_version"]
