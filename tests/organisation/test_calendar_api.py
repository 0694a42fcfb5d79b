"""The calendar over the API: who reads it, who sets days, and that nobody's change is overwritten."""

from datetime import date
from typing import Any

import pytest
from rest_framework.response import Response

from backend.calendars.files import calendar_read
from backend.calendars.models import Calendar, CalendarDay
from backend.calendars.services.days import DayHours, calendar_publish_year, calendar_set_day
from backend.organisation.roles import Role
from backend.organisation.services import calendar_import
from tests.organisation.conftest import DEMO
from tests.world import Client, Member, World, member_add, version_of


@pytest.fixture
def calendar(world: World) -> Calendar:
    """Return the calendar of the cast's school; Mallory's school has one too."""
    content = calendar_read(DEMO / "calendar.yaml")
    calendar_import(school=world.elsewhere.school, content=content)
    return calendar_import(school=world.school, content=content)


def day_of(world: World) -> date:
    """Return a day near enough to be set, whatever the year."""
    return date(world.now.year, 11, 5)


def put(client: Client, calendar: Calendar, day: object, body: object, match: int | None = 1) -> Response:
    headers = {} if match is None else {"If-Match": f'"v{match}"'}
    return client.http.put(f"/api/v1/calendars/{calendar.id}/days/{day}", body, format="json", headers=headers)


def delete(client: Client, calendar: Calendar, day: object, match: int | None = 1) -> Response:
    headers = {} if match is None else {"If-Match": f'"v{match}"'}
    return client.http.delete(f"/api/v1/calendars/{calendar.id}/days/{day}", headers=headers)


def test_everybody_of_the_school_reads_its_calendar(
    world: World, calendar: Calendar, django_assert_max_num_queries: Any
) -> None:
    (row,) = world.alice.client.get("calendars").data["items"]
    assert row == {
        "id": str(calendar.id),
        "name": "School calendar 2026",
        "version": 1,
        "published_until": "2026-12-31",
    }
    with django_assert_max_num_queries(11):
        answer = world.alice.client.get(f"calendars/{calendar.id}", **{"from": "2026-10-01", "until": "2026-10-31"})
    assert version_of(answer) == 1
    assert len(answer.data["hours"]) == 10
    assert answer.data["terms"][0]["first"] == "2025-09-01"
    assert answer.data["periods"][1]["hours"][0] == {"weekday": 0, "opens": "09:00", "closes": "11:00"}
    assert [row["day"] for row in answer.data["days"]] == [
        *(f"2026-10-0{day}" for day in range(1, 8)), "2026-10-10", "2026-10-30"
    ]  # fmt: skip
    assert answer.data["days"][-1]["closes"] == "12:00"
    assert world.alice.client.get("calendars/" + str(calendar.id)).status_code == 200


def test_another_school_and_the_bureau_find_nothing(world: World, calendar: Calendar) -> None:
    for member in (world.mallory, world.olga):
        assert member.client.get(f"calendars/{calendar.id}").status_code == 404
        assert put(member.client, calendar, day_of(world), {}, match=None).status_code == 404
        assert delete(member.client, calendar, day_of(world), match=None).status_code == 404
    assert world.olga.client.get("calendars").data["items"] == []
    assert [row["id"] for row in world.mallory.client.get("calendars").data["items"]] != [str(calendar.id)]


@pytest.mark.parametrize(
    ("span", "code"),
    [
        ({"from": "2026-10-02", "until": "2026-10-01"}, "span_invalid"),
        ({"from": "yesterday"}, "validation_error"),
        ({"from": "2020-01-01", "until": "2026-01-01"}, "span_invalid"),
    ],
)
def test_a_span_that_is_none_is_refused(world: World, calendar: Calendar, span: dict[str, str], code: str) -> None:
    answer = world.alice.client.get(f"calendars/{calendar.id}", **span)
    assert (answer.status_code, answer.data["code"]) == (400, code)
    assert world.alice.client.get(f"calendars/{calendar.id}", until="0001-01-01").status_code == 200


def test_the_ends_of_time_are_no_failure(world: World, calendar: Calendar) -> None:
    path = f"calendars/{calendar.id}"
    assert world.alice.client.get(path, **{"from": "9999-12-31"}).status_code == 200
    assert put(world.cleo.client, calendar, "9999-12-31", {}).data["code"] == "year_out_of_reach"


@pytest.fixture
def ada(world: World) -> Member:
    """Return the administrator."""
    return member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)


@pytest.mark.parametrize("name", ["ada", "cleo", "dan", "vera"])
def test_those_who_keep_the_calendar_set_days(world: World, calendar: Calendar, ada: Member, name: str) -> None:
    client = world.members[name].client
    day = day_of(world)
    answer = put(client, calendar, day, {"opens": "08:00", "closes": "12:00", "note": "运动会"})
    assert (answer.status_code, version_of(answer)) == (200, 2)
    assert answer.data["closes"] == "12:00"
    again = put(client, calendar, day, {"opens": "08:00", "closes": "12:00", "note": "运动会"}, 2)
    assert version_of(again) == 2
    assert put(client, calendar, day, {}, match=1).status_code == 412
    assert put(client, calendar, day, {}, match=None).status_code == 428
    assert delete(client, calendar, day, match=1).status_code == 412
    gone = delete(client, calendar, day, match=2)
    assert (gone.status_code, gone["ETag"]) == (204, '"v3"')
    assert delete(client, calendar, day, match=3).status_code == 404


@pytest.mark.parametrize("name", ["alice", "bob", "erin"])
def test_others_of_the_school_do_not(world: World, calendar: Calendar, name: str) -> None:
    client = world.members[name].client
    assert put(client, calendar, day_of(world), {}, match=None).data["code"] == "not_calendar_keeper"
    assert delete(client, calendar, day_of(world)).status_code == 403
    assert Calendar.objects.get(id=calendar.id).version == 1


@pytest.mark.slow("tests/organisation/test_calendar_api.py", after=2)
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"opens": "08:00"}, "/closes"),
        ({"opens": "12:00", "closes": "08:00"}, "/closes"),
        ({"opens": "08:00", "closes": "12:00", "works_as": 1}, "/works_as"),
        ({"works_as": 7}, "/works_as"),
        ({"note": "x" * 121}, "/note"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_day_that_makes_no_sense_is_refused(
    world: World, calendar: Calendar, body: dict[str, object], pointer: str
) -> None:
    answer = put(world.cleo.client, calendar, day_of(world), body)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.data["errors"]] == [pointer]
    assert Calendar.objects.get(id=calendar.id).version == 1


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "2026-02-30"])
def test_what_is_no_day_is_not_there(world: World, calendar: Calendar, day: str) -> None:
    assert put(world.cleo.client, calendar, day, {}).status_code == 404


def test_a_public_holiday_is_covered_by_a_day_of_the_school_and_comes_back(world: World, calendar: Calendar) -> None:
    year = 2026
    now = world.now.replace(year=year, day=1)
    CalendarDay.objects.filter(calendar=calendar).delete()
    calendar_publish_year(calendar=calendar, year=year, today=now.date())
    holiday = date(year, 10, 1)
    assert delete(world.cleo.client, calendar, holiday, match=2).data["code"] == "day_published"
    calendar_set_day(calendar=calendar, day=holiday, hours=DayHours(works_as_weekday=3), today=now.date())
    assert delete(world.cleo.client, calendar, holiday, match=3).status_code == 204
    restored = CalendarDay.objects.get(calendar=calendar, day=holiday)
    assert (restored.is_published, restored.note) == (True, "国庆节")


@pytest.mark.parametrize("midnight", ["24:00", "00:00"])
def test_a_day_may_last_until_midnight_written_either_way(world: World, calendar: Calendar, midnight: str) -> None:
    answer = put(world.cleo.client, calendar, day_of(world), {"opens": "08:00", "closes": midnight})
    assert (answer.status_code, answer.data["closes"]) == (200, "00:00")
