"""`python -m tools.prove.pages.school_day`: the demo schools on a school day's afternoon, and somebody with an app."""

import os
import sys
from datetime import timedelta

import django
import pyotp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
django.setup()

from backend.accounts.models import User  # noqa: E402 - after setup
from backend.accounts.services.factors import authenticator_begin, authenticator_confirm  # noqa: E402
from backend.calendars.models import Calendar, CalendarDay  # noqa: E402
from backend.common.clock import database_now  # noqa: E402
from backend.organisation.models import School  # noqa: E402
from backend.rounds.services.making import rounds_make  # noqa: E402

AFTERNOON, HOURS, EASTERNMOST_HOURS = 14, 24, 12


def school_day_begin() -> None:
    """Let it be the afternoon of a school day at every school, when the daily reports are asked for."""
    now = database_now()
    ahead = (AFTERNOON - now.hour + EASTERNMOST_HOURS) % HOURS - EASTERNMOST_HOURS
    School.objects.update(time_zone=f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT")
    day = (now + timedelta(hours=ahead)).date()
    for calendar in Calendar.objects.all():
        CalendarDay.objects.update_or_create(calendar=calendar, day=day, defaults={"works_as_weekday": 0})
    rounds_make(now=now)


def app_give(username: str) -> None:
    """Let somebody sign in with an app from now on."""
    user, now = User.objects.get(username=username), database_now()
    code = pyotp.TOTP(authenticator_begin(user=user)).at(int(now.timestamp()))
    authenticator_confirm(user=user, code=code, now=now)


if __name__ == "__main__":
    school_day_begin()
    app_give(sys.argv[1])
