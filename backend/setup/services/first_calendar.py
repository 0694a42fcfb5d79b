"""The first calendar of a school, from the answers that setting it up asks for."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from backend.calendars.models import Calendar
from backend.calendars.services.days import calendar_publish_year
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.organisation.services import calendar_import
from backend.rulebook.selectors import active_version_id
from backend.setup.calendar_answers import CHINA, CalendarAnswers, calendar_content
from backend.setup.emergency_numbers import NUMBERS


@transaction.atomic
def calendar_set_up(*, actor: Actor, school: School, answers: CalendarAnswers, now: datetime) -> Calendar:
    """Give a school its calendar; in China with the public holidays and make-up days of the years that are known.

    The country says which rulebook fits, and which emergency numbers hold there, until the rules are set up with them.
    """
    actor.require(Permission.CALENDAR_WRITE)
    today = now.astimezone(ZoneInfo(school.time_zone)).date()
    calendar = calendar_import(school=school, content=calendar_content(answers, today=today))
    if answers.country == CHINA:
        for year in (today.year, today.year + 1):
            calendar_publish_year(calendar=calendar, year=year, today=today)
        calendar.refresh_from_db()
    school.country = answers.country
    if active_version_id(school_id=school.id) is None:
        school.emergency_police, school.emergency_fire, school.emergency_ambulance = NUMBERS[answers.country]
    school.save(update_fields=["country", "emergency_police", "emergency_fire", "emergency_ambulance"])
    return calendar
