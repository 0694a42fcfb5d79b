"""The calendar of a school: given to it, and taken into use from a file."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from backend.calendars.models import Calendar
from backend.calendars.services import calendar_fill
from backend.calendars.services.importing import fields_of
from backend.organisation.models import School


@transaction.atomic
def calendar_import(*, school: School, content: Mapping[str, Any]) -> Calendar:
    """Take a checked calendar file into use at a school, which gets a calendar if it has none."""
    locked = School.objects.select_for_update(no_key=True).get(id=school.id)
    if locked.calendar_id is None:
        calendar_give(school=locked, calendar=Calendar(**fields_of(content), version=0))
    school.calendar = Calendar.objects.select_for_update().get(school=school)
    return calendar_fill(calendar=school.calendar, content=content)


def calendar_give(*, school: School, calendar: Calendar) -> None:
    """Store a new calendar and let a school work by it."""
    school.calendar = calendar  # before it is stored, so that the record of changes knows whose it is
    calendar.save(force_insert=True)
    school.save(update_fields=["calendar"])
