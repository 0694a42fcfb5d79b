"""A school's calendar: holidays, make-up days, half days and holiday duty, from the file to hours of a day."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.calendars.files import calendar_read
from backend.calendars.models import Calendar, CalendarDay, CalendarPeriod, DutyHours, WorkingHours
from backend.calendars.rules import Hours
from backend.calendars.selectors import calendar_rules, working_time_get
from backend.calendars.validation import calendar_errors
from backend.common.clock import database_now
from backend.common.content_files import ContentFileError
from backend.duty.files import school_read
from backend.duty.services import school_lay_out
from backend.organisation.models import School
from backend.organisation.services import calendar_import
from tests.organisation.conftest import DEMO

WHOLE_DAY = (Hours(time(8), time(12)), Hours(time(13, 30), time(17, 30)))
DUTY = (Hours(time(9), time(11)),)
HOUR = timedelta(hours=1)
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, tzinfo=ZONE)


def local(text: str) -> datetime:
    """Return an instant written as a clock in Shanghai shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def calendar_of(school: School) -> Calendar:
    """Return the calendar a school works by."""
    return Calendar.objects.get(school=school)


def test_the_demo_calendar_says_who_works_when(demo_schools: list[School]) -> None:
    rules = calendar_rules(calendar_id=calendar_of(demo_schools[0]).id, zone=ZONE.key)
    for day, hours in (
        ("2026-01-01", ()),  # New Year
        ("2026-01-04", WHOLE_DAY),  # a Sunday, made up
        ("2026-01-30", WHOLE_DAY),
        ("2026-02-02", DUTY),  # winter holiday
        ("2026-02-07", ()),
        ("2026-02-14", DUTY),  # a make-up Saturday within the holiday
        ("2026-02-17", ()),  # Spring Festival
        ("2026-02-28", DUTY),
        ("2026-03-02", WHOLE_DAY),
        ("2026-04-06", ()),  # a Monday of Qingming
        ("2026-05-09", WHOLE_DAY),
        ("2026-07-13", DUTY),
        ("2026-09-01", WHOLE_DAY),
        ("2026-09-20", WHOLE_DAY),
        ("2026-10-05", ()),
        ("2026-10-10", WHOLE_DAY),
        ("2026-10-11", ()),
        ("2028-10-05", WHOLE_DAY),  # not published: the template alone
    ):
        assert rules.hours_on(date.fromisoformat(day)) == hours, day


def test_holidays_and_make_up_days_of_2026_count_as_published(demo_schools: list[School]) -> None:
    calendar = calendar_of(demo_schools[0])
    working = working_time_get(calendar_id=calendar.id, version=calendar.version, zone=ZONE.key, now=NOW)
    for filed, four_hours, days, end_of_day in (
        ("2026-02-13T10:30", "2026-02-24T10:30", 2, "2026-02-24T11:00"),  # duty hours around Spring Festival
        ("2026-04-03T17:00", "2026-04-07T11:30", 1, "2026-04-07T17:30"),  # Qingming
        ("2026-04-30T17:00", "2026-05-06T11:30", 4, "2026-05-09T17:30"),  # Labour Day, made up on Saturday the 9th
        ("2026-07-10T17:00", "2026-07-14T10:30", 1, "2026-07-13T11:00"),  # the last day of term, then summer duty
        ("2026-09-18T17:00", "2026-09-20T11:30", 2, "2026-09-21T17:30"),  # made up on Sunday the 20th
        ("2026-09-30T17:30", "2026-10-08T12:00", 3, "2026-10-10T17:30"),  # National Day, made up on Saturday the 10th
    ):
        assert working.add_hours(local(filed), 4 * HOUR) == local(four_hours), filed
        assert working.end_of_working_day(local(filed), days) == local(end_of_day), filed


def test_a_half_day_has_hours_of_its_own(demo_schools: list[School]) -> None:
    half = {"first": "2026-11-05", "opens": "08:00", "closes": "12:00", "note": "运动会"}
    calendar = calendar_import(school=demo_schools[0], content=changed(lambda content: content["days"].append(half)))
    assert calendar_rules(calendar_id=calendar.id, zone=ZONE.key).hours_on(date(2026, 11, 5)) == (
        Hours(time(8), time(12)),
    )
    working = working_time_get(calendar_id=calendar.id, version=calendar.version, zone=ZONE.key, now=NOW)
    assert working.add_hours(local("2026-11-05T11:00"), 2 * HOUR) == local("2026-11-06T09:00")
    assert working.end_of_working_day(local("2026-11-04T11:00"), 1) == local("2026-11-05T12:00")


def test_the_template_reaches_two_years_ahead_and_is_provisional_after_the_published_days(
    demo_schools: list[School],
) -> None:
    calendar = calendar_of(demo_schools[0])
    for now in (local("2026-01-01T00:00"), local("2026-12-31T23:59")):
        working = working_time_get(calendar_id=calendar.id, version=calendar.version, zone=ZONE.key, now=now)
        later = now.replace(year=2028)
        due = working.end_of_working_day(later.replace(day=20, hour=12), 5)
        assert due.year == 2028
        assert working.is_provisional(due)
    assert not working.is_provisional(local("2026-12-31T17:30"))


def test_a_calendar_is_read_once_per_version(demo_schools: list[School]) -> None:
    calendar = calendar_of(demo_schools[0])
    with CaptureQueriesContext(connection) as queries:
        first = working_time_get(calendar_id=calendar.id, version=calendar.version, zone=ZONE.key, now=NOW)
        assert len(queries) == 6
        assert working_time_get(calendar_id=calendar.id, version=calendar.version, zone=ZONE.key, now=NOW) is first
        assert len(queries) == 6


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Return the demo's calendar with a change."""
    content = calendar_read(DEMO / "calendar.yaml")
    change(content)
    return content


@pytest.mark.slow("tests/organisation/test_calendars.py", after=3)
@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.update(published_until="2027-12-31"),
        lambda content: content["hours"][0].update(closes="11:30"),
        lambda content: content["periods"].pop(),
        lambda content: content["periods"][0].update(last="2026-02-28"),
        lambda content: content["periods"][1]["hours"][0].update(opens="08:30"),
        lambda content: content["days"].append(
            {"first": "2026-11-05", "opens": "08:00", "closes": "12:00", "note": "x"}
        ),
        lambda content: content["days"][0].update(note="New Year"),
    ],
)
def test_every_change_raises_the_version_once(
    demo_schools: list[School], change: Callable[[dict[str, Any]], object]
) -> None:
    content = changed(change)
    before = working_time_get(calendar_id=calendar_of(demo_schools[0]).id, version=1, zone=ZONE.key, now=NOW)
    for _twice in range(2):
        assert calendar_import(school=demo_schools[0], content=content).version == 2
    assert Calendar.objects.get(school=demo_schools[1]).version == 1
    after = working_time_get(calendar_id=calendar_of(demo_schools[0]).id, version=2, zone=ZONE.key, now=NOW)
    assert (before.version, after.version) == (1, 2)


def test_moving_a_school_to_another_time_zone_raises_the_version(demo_schools: list[School]) -> None:
    school = demo_schools[0]
    content = {**school_read(DEMO / "qinghe.yaml"), "time_zone": "Asia/Urumqi"}
    for _twice in range(2):
        school_lay_out(content=content, bureau=school.bureau, now=database_now())
        assert Calendar.objects.get(school=school).version == 2
    working = working_time_get(calendar_id=calendar_of(school).id, version=2, zone="Asia/Urumqi", now=NOW)
    assert working.end_of_working_day(NOW, 1) == datetime(2026, 3, 2, 17, 30, tzinfo=ZoneInfo("Asia/Urumqi"))


@pytest.mark.parametrize("midnight", ["24:00", "00:00"])
def test_hours_may_last_until_midnight(demo_schools: list[School], midnight: str) -> None:
    always = [{"weekdays": list(range(7)), "opens": "00:00", "closes": midnight}]
    content = changed(lambda content: content.update(hours=always, periods=[], days=[]))
    assert calendar_errors(content) == []
    calendar = calendar_import(school=demo_schools[0], content=content)
    assert calendar_import(school=demo_schools[0], content=content).version == calendar.version == 2
    working = working_time_get(calendar_id=calendar.id, version=2, zone=ZONE.key, now=NOW)
    filed = local("2026-02-16T23:59")
    assert working.add_hours(filed, 100 * HOUR) == local("2026-02-21T03:59")
    assert working.end_of_working_day(filed, 1) == local("2026-02-18T00:00")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda content: content["hours"][0].update(closes="24:30"), "'24:30' does not match"),
        (lambda content: content["hours"][0].update(opens="24:00"), "'24:00' does not match"),
        (lambda content: content["periods"][0].update(last="2026-01-01"), "periods/2026-01-31: the end comes after"),
        (lambda content: content["periods"][1].update(first="2026-02-20"), "periods/2026-02-20: this day stands twice"),
        (
            lambda content: content["periods"][0]["hours"][0].update(closes="08:00"),
            "periods/2026-01-31/hours/09:00: the end comes after",
        ),
        (lambda content: content["days"][0].update(opens="08:00"), "have a beginning and an end"),
        (
            lambda content: content["days"][0].update(opens="08:00", closes="07:00"),
            "days/2026-01-01: the end comes after",
        ),
        (lambda content: content["days"][1].update(opens="08:00", closes="12:00"), "days/2026-01-04: .* not both"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(
    change: Callable[[dict[str, Any]], object], expected: str, tmp_path: Path
) -> None:
    path = tmp_path / "calendar.yaml"
    path.write_text(yaml.safe_dump(changed(change), allow_unicode=True), encoding="utf-8")
    with pytest.raises(ContentFileError, match=expected):
        calendar_read(path)


def test_the_database_refuses_hours_that_make_no_sense(demo_schools: list[School]) -> None:
    calendar = calendar_of(demo_schools[0])
    period = calendar.periods.get(first="2026-07-11")
    day, eight, noon = date(2026, 11, 5), time(8), time(12)
    refused = (
        ("workinghours_close_after_opening", WorkingHours(calendar=calendar, weekday=0, opens=noon, closes=eight)),
        ("workinghours_on_a_weekday", WorkingHours(calendar=calendar, weekday=7, opens=eight, closes=noon)),
        ("dutyhours_close_after_opening", DutyHours(period=period, weekday=0, opens=noon, closes=noon)),
        (
            "day_has_one_sort_of_hours",
            CalendarDay(calendar=calendar, day=day, works_as_weekday=0, opens=eight, closes=noon),
        ),
        ("day_has_one_sort_of_hours", CalendarDay(calendar=calendar, day=day, opens=eight)),
        ("day_closes_after_opening", CalendarDay(calendar=calendar, day=day, opens=noon, closes=eight)),
        ("calendar_day_once", CalendarDay(calendar=calendar, day=date(2026, 1, 1))),
        ("period_ends_after_beginning", CalendarPeriod(calendar=calendar, first=day, last=date(2026, 11, 4))),
    )
    for name, row in refused:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            row.save(force_insert=True)
