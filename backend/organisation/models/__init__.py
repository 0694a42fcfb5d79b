"""Schools under a bureau, their units, places, calendars and rosters, and the people who hold posts in them."""

from backend.organisation.models.calendars import (
    Calendar,
    CalendarDay,
    CalendarPeriod,
    DutyHours,
    Term,
    WeeklyHours,
    WorkingHours,
)
from backend.organisation.models.duty import DutyShift, DutySlot, DutySwap
from backend.organisation.models.people import Absence, Appointment, ContactChannel, Person, Post
from backend.organisation.models.schools import Bureau, Named, Place, School, Unit, place_token

__all__ = [
    "Absence",
    "Appointment",
    "Bureau",
    "Calendar",
    "CalendarDay",
    "CalendarPeriod",
    "ContactChannel",
    "DutyHours",
    "DutyShift",
    "DutySlot",
    "DutySwap",
    "Named",
    "Person",
    "Place",
    "Post",
    "School",
    "Term",
    "Unit",
    "WeeklyHours",
    "WorkingHours",
    "place_token",
]
