"""Rules of a calendar on the administration pages: the same as in files and in the API."""

from datetime import date, time

import pytest

from backend.calendars.models import Calendar, CalendarPeriod, Term
from tests.administration.conftest import address, form_of
from tests.browser import SignIn
from tests.world import World


def calendar_of(world: World) -> Calendar:
    """Return the calendar of the cast's school, with summer holidays."""
    calendar = Calendar.objects.get(school=world.school)
    CalendarPeriod.objects.create(calendar=calendar, first=date(2027, 7, 10), last=date(2027, 8, 31), note="暑假")
    return calendar


def test_a_period_inside_another_is_refused_and_said_in_words(school_day: World, signed_in: SignIn) -> None:
    calendar = calendar_of(school_day)
    path = "/admin/calendars/calendarperiod/add/"
    client = signed_in(school_day.ada)
    sent = form_of(client, path, calendar=str(calendar.pk), first="2027-08-24", last="2027-08-31", note="Extra")
    answer = client.post(path, sent, follow=True)
    assert "2027-08-24–2027-08-31 overlaps 2027-07-10–2027-08-31" in answer.content.decode()
    assert CalendarPeriod.objects.filter(calendar=calendar).count() == 2
    assert Calendar.objects.get(pk=calendar.pk).version == calendar.version


@pytest.mark.parametrize("kind", ["periods", "terms"])
def test_rows_of_the_calendars_page_may_not_overlap(school_day: World, signed_in: SignIn, kind: str) -> None:
    calendar = calendar_of(school_day)
    Term.objects.create(
        calendar=calendar, name_zh="春", name_en="Spring", first=date(2027, 2, 21), last=date(2027, 7, 9)
    )
    path = address("calendars.Calendar", calendar)
    client = signed_in(school_day.ada)
    last = {"periods": "2027-07-20", "terms": "2027-08-20"}[kind]
    other = {"periods": {"periods-0-last": last}, "terms": {}}[kind]
    if kind == "terms":
        Term.objects.create(
            calendar=calendar, name_zh="秋", name_en="Autumn", first=date(2027, 8, 1), last=date(2028, 1, 9)
        )
        other = {"terms-0-last": last}
    answer = client.post(path, form_of(client, path, **other), follow=True)
    assert "overlaps" in answer.content.decode()
    assert Calendar.objects.get(pk=calendar.pk).version == calendar.version


@pytest.mark.parametrize("midnight", ["24:00", "00:00"])
def test_hours_until_midnight_are_typed_either_way(school_day: World, signed_in: SignIn, midnight: str) -> None:
    calendar = Calendar.objects.get(school=school_day.school)
    path = address("calendars.Calendar", calendar)
    client = signed_in(school_day.ada)
    assert client.post(path, form_of(client, path, **{"hours-0-closes": midnight})).status_code == 302
    assert calendar.hours.get().closes == time.min


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_no_day_at_the_end_of_time_is_taken(school_day: World, signed_in: SignIn, day: str) -> None:
    """A term until 9999 was taken, and then no clock of the school could be tried."""
    calendar = calendar_of(school_day)
    path = "/admin/calendars/calendarperiod/add/"
    client = signed_in(school_day.ada)
    sent = form_of(client, path, calendar=str(calendar.pk), first=day, last=day, note="Extra")
    assert client.post(path, sent).status_code == 200
    assert CalendarPeriod.objects.filter(calendar=calendar).count() == 2
