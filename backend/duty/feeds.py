"""One's own duty as a calendar file (iCalendar, RFC 5545), which programs download or subscribe to. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from backend.common.later import Later
from backend.duty.models import DutySlot
from backend.duty.words import KINDS, PARTS

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = Later("icalendar")


def duty_calendar(*, slots: Iterable[DutySlot], now: datetime) -> bytes:
    """Return somebody's duty as a calendar file in the active language; each slot comes with its shift and place.

    Instants stand in UTC, which every program shows by its own clock, so the file needs no rules of time zones. An
    entry keeps its id when its shift moves, and a newer version replaces the one before.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Allclear//Duty//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("My duty"))
    for slot in slots:
        calendar.add_component(_event(slot, now))
    content: bytes = calendar.to_ical()
    return content


def _event(slot: DutySlot, now: datetime) -> "icalendar.Event":
    shift = slot.shift
    event = icalendar.Event()
    event.add("uid", f"{shift.id}@allclear")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", shift.starts_at.astimezone(UTC))
    event.add("dtend", shift.ends_at.astimezone(UTC))
    event.add("sequence", shift.version)
    event.add("summary", str(KINDS[shift.kind]))
    event.add("description", str(PARTS[slot.part]))
    if shift.place:
        event.add("location", shift.place.name)
    return event
