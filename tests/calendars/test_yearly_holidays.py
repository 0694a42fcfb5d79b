"""Holidays of every year: nobody works on them, unless the year's own day says otherwise, through every door."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from backend.calendars.content import calendar_content
from backend.calendars.models import Calendar, YearlyHoliday
from backend.calendars.selectors import calendar_rules
from backend.calendars.validation import calendar_errors
from backend.organisation.services import calendar_import
from tests.browser import SignIn
from tests.organisation.powers import in_use
from tests.world import World

CONTENT: dict[str, Any] = {
    "name": {"zh": "校历", "en": "Calendar"},
    "published_until": "2026-12-31",
    "hours": [{"weekdays": [0, 1, 2, 3, 4, 5, 6], "opens": "08:00", "closes": "17:00"}],
    "days": [{"first": "2027-10-15", "note": "开放日", "works_as": 0}],
    "yearly": [{"day": "10-15", "note": "校庆"}, {"day": "02-29", "note": "闰日"}],
}


@pytest.fixture
def calendar(world: World) -> Calendar:
    """Give the school a calendar with a founding day."""
    assert calendar_errors(CONTENT) == []
    return calendar_import(school=world.school, content=CONTENT)


def test_nobody_works_on_it_in_any_year_unless_the_year_says_otherwise(world: World, calendar: Calendar) -> None:
    rules = calendar_rules(calendar_id=calendar.id, zone="Asia/Shanghai")
    day = date(2026, 1, 1)
    free = [at for at in (day + timedelta(days=offset) for offset in range(3 * 365 + 1)) if not rules.hours_on(at)]
    assert free == [date(2026, 10, 15), date(2028, 2, 29), date(2028, 10, 15)]
    shown = world.alice.client.get(f"calendars/{calendar.id}").data
    assert shown["yearly"] == [{"day": "02-29", "note": "闰日"}, {"day": "10-15", "note": "校庆"}]


def test_the_file_comes_back_and_changes_the_version_only_where_it_differs(world: World, calendar: Calendar) -> None:
    content = calendar_content(calendar=calendar)
    assert sorted(content["yearly"], key=str) == sorted(CONTENT["yearly"], key=str)
    assert calendar_import(school=world.school, content=content).version == 1
    fewer = deepcopy(CONTENT)
    fewer["yearly"].pop()
    assert calendar_import(school=world.school, content=fewer).version == 2
    assert [str(row) for row in YearlyHoliday.objects.all()] == ["10-15"]


@pytest.mark.parametrize("day", ["02-30", "13-01", "00-10", "1-1", "10-32"])
def test_a_day_that_is_in_no_year_is_refused(world: World, calendar: Calendar, day: str) -> None:
    content = {**CONTENT, "yearly": [{"day": day, "note": "x"}]}
    assert any(error.startswith("yearly/") for error in calendar_errors(content))
    month, number = map(int, day.split("-"))
    if day == "1-1":
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        YearlyHoliday.objects.create(calendar=calendar, month=month, day_of_month=number, note="x")


def test_a_day_that_stands_twice_is_refused() -> None:
    content = {**CONTENT, "yearly": [{"day": "10-15", "note": "x"}, {"day": "10-15", "note": "y"}]}
    assert calendar_errors(content) == ["yearly/10-15: this day stands twice."]


def test_the_administration_page_keeps_them_and_raises_the_version(
    world: World, calendar: Calendar, signed_in: SignIn
) -> None:
    ada = in_use(world)
    inlines = ("terms", "hours", "periods", "yearly", "days")
    form = {f"{name}-{kind}_FORMS": "0" for name in inlines for kind in ("TOTAL", "INITIAL")}
    form |= {"name_zh": "校历", "name_en": "Calendar", "published_until": "2026-12-31", "yearly-TOTAL_FORMS": "1"}
    form |= {"yearly-0-month": "5", "yearly-0-day_of_month": "4", "yearly-0-note": "青年节"}
    address = f"/admin/calendars/calendar/{calendar.id}/change/"
    answer = signed_in(ada).post(address, form)
    assert answer.status_code == 302, answer.content.decode()
    assert YearlyHoliday.objects.filter(month=5, day_of_month=4).exists()
    calendar.refresh_from_db()
    assert calendar.version == 2
    refused = signed_in(ada).post(address, form | {"yearly-0-month": "2", "yearly-0-day_of_month": "30"})
    assert "There is no such day in a year." in refused.content.decode()
