"""The version of a calendar, which rises with every change, and the message that says so."""

from typing import Any

from django.db.models import F

from backend.calendars.models import Calendar
from backend.common.clock import database_now
from backend.common.outbox import OutboxDraft, outbox_add

CALENDAR_CHANGED = "calendar.changed"
"""The outbox topic: a calendar has a new version."""


def calendar_raise_version(*, calendar: Calendar, **fields: Any) -> None:
    """Give a changed calendar its next version, and have what rests on it recomputed; the one place where it rises."""
    Calendar.objects.filter(id=calendar.id).update(**fields, version=F("version") + 1)
    calendar.refresh_from_db()
    draft = OutboxDraft(
        topic=CALENDAR_CHANGED,
        dedup_key=f"calendar:{calendar.id}:{calendar.version}",
        payload={"calendar": str(calendar.id), "version": calendar.version},
    )
    outbox_add(drafts=[draft], now=database_now())
