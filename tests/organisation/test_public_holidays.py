"""Public holidays and make-up workdays: taken from the library, honest about years that are not announced yet."""

from datetime import date, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from backend.calendars.files import calendar_read
from backend.calendars.models import Calendar, CalendarDay
from backend.calendars.public_holidays import holidays_known, public_days
from backend.calendars.services.days import (
    DayHours,
    YearOutOfReach,
    YearSkipped,
    calendar_publish_year,
    calendar_set_day,
)
from backend.organisation.services import calendar_import
from tests.organisation.conftest import DEMO, SmallSchool

NOW = datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def calendar(small_school: SmallSchool) -> Calendar:
    """Return a calendar that knows its weeks, and no holiday after 2025."""
    content = calendar_read(DEMO / "calendar.yaml")
    content.update(days=[], published_until="2025-12-31")
    return calendar_import(school=small_school.school, content=content)


def test_2026_is_as_the_state_council_announced_it() -> None:
    days = {f"{day:%m-%d}": public.works_as for day, public in public_days(year=2026).items()}
    assert days == {
        **dict.fromkeys(["01-01", "01-02", "01-03"]),
        **dict.fromkeys([f"02-{day}" for day in range(15, 24)]),
        **dict.fromkeys(["04-04", "04-05", "04-06"]),
        **dict.fromkeys([f"05-0{day}" for day in range(1, 6)]),
        **dict.fromkeys(["06-19", "06-20", "06-21", "09-25", "09-26", "09-27"]),
        **dict.fromkeys([f"10-0{day}" for day in range(1, 8)]),
        "01-04": 4,
        "02-14": 4,
        "02-28": 0,
        "05-09": 1,
        "09-20": 1,
        "10-10": 2,
    }


def test_the_demo_calendar_agrees_with_the_public_table(small_school: SmallSchool) -> None:
    calendar = calendar_import(school=small_school.school, content=calendar_read(DEMO / "calendar.yaml"))
    whole_days = calendar.days.filter(opens__isnull=True)
    stored = dict(whole_days.values_list("day", "works_as_weekday"))
    assert stored == {day: public.works_as for day, public in public_days(year=2026).items()}
    assert calendar.terms.count() == 4


def test_make_up_days_announced_for_the_next_year_stand_in_the_year_they_are_worked_in() -> None:
    assert [day for day in public_days(year=2001) if day.month == 12] == [date(2001, 12, 29), date(2001, 12, 30)]


def test_publishing_writes_the_year_once(calendar: Calendar) -> None:
    done = calendar_publish_year(calendar=calendar, year=2026, today=NOW.date())
    assert (len(done.added), done.changed, done.removed, done.kept) == (39, (), (), ())
    calendar.refresh_from_db()
    assert (calendar.version, calendar.published_until) == (2, date(2026, 12, 31))
    assert set(calendar.days.values_list("is_published", flat=True)) == {True}
    again = calendar_publish_year(calendar=calendar, year=2026, today=NOW.date())
    assert again.added == again.changed == again.removed == ()
    calendar.refresh_from_db()
    assert calendar.version == 2


def test_a_day_the_school_set_itself_is_never_touched(calendar: Calendar) -> None:
    calendar_set_day(calendar=calendar, day=date(2026, 10, 1), hours=DayHours(3, note="军训"), today=NOW.date())
    done = calendar_publish_year(calendar=calendar, year=2026, today=NOW.date())
    assert done.kept == (date(2026, 10, 1),)
    kept = calendar.days.get(day="2026-10-01")
    assert (kept.works_as_weekday, kept.note, kept.is_published) == (3, "军训", False)


def test_publishing_again_corrects_published_days_only(calendar: Calendar) -> None:
    calendar_publish_year(calendar=calendar, year=2026, today=NOW.date())
    calendar.days.filter(day="2026-10-10").update(works_as_weekday=0)
    calendar.days.filter(day="2026-05-01").delete()
    CalendarDay.objects.create(calendar=calendar, day=date(2026, 11, 11), is_published=True)
    done = calendar_publish_year(calendar=calendar, year=2026, today=NOW.date())
    assert (done.added, done.changed) == ((date(2026, 5, 1),), (date(2026, 10, 10),))
    assert done.removed == (date(2026, 11, 11),)
    assert calendar.days.get(day="2026-10-10").works_as_weekday == 2


def test_a_year_that_is_not_announced_stays_provisional(calendar: Calendar) -> None:
    year = next(year for year in range(2026, 2100) if not holidays_known(year=year))
    now = NOW.replace(year=year)
    Calendar.objects.update(published_until=date(year - 1, 12, 31))
    assert not calendar_publish_year(calendar=calendar, year=year, today=now.date()).is_known
    calendar.refresh_from_db()
    assert (calendar.version, calendar.published_until) == (1, date(year - 1, 12, 31))
    assert not calendar.days.exists()


def test_years_are_published_in_order_and_only_near_ones(calendar: Calendar) -> None:
    Calendar.objects.update(published_until=date(2024, 12, 31))
    with pytest.raises(YearSkipped):
        calendar_publish_year(calendar=calendar, year=2026, today=NOW.date())
    for year in (2024, 2029):
        with pytest.raises(YearOutOfReach):
            calendar_publish_year(calendar=calendar, year=year, today=NOW.date())
    assert not calendar.days.exists()


def test_a_file_imported_again_leaves_what_was_published(calendar: Calendar) -> None:
    calendar_publish_year(calendar=calendar, year=2026, today=NOW.date())
    content = calendar_read(DEMO / "calendar.yaml")
    content.update(published_until="2025-12-31", days=[{"first": "2026-10-01", "works_as": 3, "note": "军训"}])
    for _twice in range(2):
        imported = calendar_import(school=calendar.school, content=content)
        assert (imported.version, imported.published_until) == (3, date(2026, 12, 31))
    assert imported.days.filter(is_published=True).count() == 38
    assert not imported.days.get(day="2026-10-01").is_published


def publish(**options: object) -> str:
    out = StringIO()
    call_command("calendar_publish", school="school", stdout=out, **options)
    return out.getvalue()


def test_the_command_says_what_it_does_and_a_dry_run_does_nothing(calendar: Calendar) -> None:
    year = next(year for year in range(2026, 2100) if not holidays_known(year=year))
    told = publish(year=2026, dry_run=True)
    assert "added: 39 days (01-01, 01-02, 01-03, 01-04," in told
    assert "Dry run: nothing was changed." in told
    assert not CalendarDay.objects.filter(calendar=calendar).exists()
    assert "known until 2026-12-31, version 2" in publish(year=2026)
    assert "2026 is published already." in publish(year=2026)
    assert f"The make-up workdays of {year} are not known yet: the year stays provisional" in publish(year=year)
    with pytest.raises(CommandError, match="nowhere: "):
        call_command("calendar_publish", school="nowhere", year=2026)
