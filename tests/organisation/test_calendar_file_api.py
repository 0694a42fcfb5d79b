"""Holidays and terms from a calendar file through the API: looked at, chosen, taken in once."""

from datetime import date, timedelta
from typing import Any

import pytest

from backend.calendars.content import calendar_content
from backend.calendars.models import Calendar, CalendarDay
from backend.organisation.services import calendar_import
from tests.world import Client, World, version_of

CONTENT: dict[str, Any] = {
    "name": {"zh": "校历", "en": "School calendar"},
    "published_until": "2026-12-31",
    "hours": [{"weekdays": [0, 1, 2, 3, 4], "opens": "08:00", "closes": "17:00"}],
    "days": [],
}


@pytest.fixture
def calendar(world: World) -> Calendar:
    """Give both schools a calendar; return that of the cast."""
    calendar_import(school=world.elsewhere.school, content=CONTENT)
    return calendar_import(school=world.school, content=CONTENT)


def ics(world: World) -> str:
    """Return a file with a holiday, a term, a trip and an appointment."""
    year = world.now.year
    rows = [
        (f"{year}1221", f"{year + 1}0104", "Winter break"),
        (f"{year}1009", f"{year}1010", "School trip"),
        (f"{year + 1}0222", f"{year + 1}0710", "Spring term"),
    ]
    events = [
        f"BEGIN:VEVENT\nDTSTART;VALUE=DATE:{first}\nDTEND;VALUE=DATE:{end}\nSUMMARY:{name}\nEND:VEVENT"
        for first, end, name in rows
    ]
    meeting = f"BEGIN:VEVENT\nDTSTART:{year}1009T080000Z\nDTEND:{year}1009T090000Z\nSUMMARY:Meeting\nEND:VEVENT"
    return "\n".join(["BEGIN:VCALENDAR", *events, meeting, "END:VCALENDAR"])


def looked_at(client: Client, calendar: Calendar, text: str) -> dict[str, Any]:
    """Return what a file would bring, with the version it was compared with."""
    answer = client.post(f"calendars/{calendar.id}/import/check", {"file": text})
    assert answer.status_code == 200, answer.data
    return {**answer.data, "tag": answer["ETag"]}


def days_of(look: dict[str, Any], **kinds: str) -> list[dict[str, Any]]:
    """Return the days as they are to be sent back."""
    rows = [{name: row[name] for name in ("first", "last", "name", "kind")} for row in look["days"]]
    return [row | {"kind": kinds.get(row["name"].split()[-1], row["kind"])} for row in rows]


def test_a_file_is_looked_at_and_its_days_are_taken_in_as_chosen(world: World, calendar: Calendar) -> None:
    client = world.cleo.client
    look = looked_at(client, calendar, ics(world))
    assert [(row["name"], row["kind"], row["outcome"]) for row in look["days"]] == [
        ("School trip", "holiday", "added"),
        ("Winter break", "holiday", "added"),
        ("Spring term", "term", "added"),
    ]
    assert [row["name"] for row in look["problems"]] == ["Meeting"]
    assert calendar_content(calendar=calendar)["periods"] == []
    body = {"days": days_of(look, trip="left_out")}
    done = client.post(f"calendars/{calendar.id}/import", body, match=look["tag"], key="take-them-in")
    assert [row["outcome"] for row in done.data["days"]] == ["left_out", "added", "added"]
    assert client.post(f"calendars/{calendar.id}/import", body, match=look["tag"], key="take-them-in").data == done.data
    assert version_of(done) == version_of(client.get(f"calendars/{calendar.id}")) == 2
    content = calendar_content(calendar=calendar)
    assert ([row["note"] for row in content["periods"]], content["days"]) == (["Winter break"], [])
    again = client.post(f"calendars/{calendar.id}/import", body, match=2)
    assert [row["outcome"] for row in again.data["days"]] == ["left_out", "known", "known"]
    assert version_of(again) == 2


def test_what_a_colleague_changed_meanwhile_is_not_overwritten(world: World, calendar: Calendar) -> None:
    look = looked_at(world.cleo.client, calendar, ics(world))
    body = {"days": days_of(look)}
    assert world.dan.client.post(f"calendars/{calendar.id}/import", body, match=1).status_code == 200
    for match, status in ((1, 412), (None, 428)):
        assert world.cleo.client.post(f"calendars/{calendar.id}/import", body, match=match).status_code == status


def test_what_cannot_be_read_or_stored_is_refused_with_its_place(world: World, calendar: Calendar) -> None:
    client, year = world.cleo.client, world.now.year

    def refused(path: str, body: object) -> tuple[str, list[str]]:
        answer = client.post(f"calendars/{calendar.id}/{path}", body, match=1)
        assert answer.status_code == 400
        return answer.data["code"], [row["pointer"] for row in answer.data["errors"]]

    assert refused("import/check", {"file": "name,date"})[0] == "ical_unreadable"
    assert refused("import/check", {"file": "BEGIN:VCALENDAR\nEND:VCALENDAR"})[0] == "ical_unreadable"
    assert refused("import/check", {"file": 1, "x": 2})[1] == ["/file", "/x"]
    day = {"first": f"{year}-10-09", "last": f"{year}-10-09", "name": "Day", "kind": "holiday"}
    long = (date(year, 1, 1) + timedelta(days=250)).isoformat()
    for changes, pointer in (
        ({"last": f"{year}-10-08"}, "/days/0/last"),
        ({"first": f"{year}-01-01", "last": long}, "/days/0/last"),
        ({"kind": "party"}, "/days/0/kind"),
        ({"name": "a\nb"}, "/days/0/name"),
    ):
        assert refused("import", {"days": [day | changes]})[1] == [pointer]
    assert refused("import", {"days": []})[1] == ["/days"]


@pytest.mark.parametrize(("name", "status"), [("alice", 403), ("bob", 403), ("mallory", 404), ("olga", 404)])
def test_nobody_else_brings_a_file(world: World, calendar: Calendar, name: str, status: int) -> None:
    client = world.members[name].client
    body = {"days": days_of(looked_at(world.cleo.client, calendar, ics(world)))}
    assert client.post(f"calendars/{calendar.id}/import/check", {"file": ics(world)}).status_code == status
    assert client.post(f"calendars/{calendar.id}/import", body, match=1).status_code == status


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_time_is_refused(world: World, calendar: Calendar, day: str) -> None:
    """It was taken in, and from then on every look at the calendar was a fault of the server."""
    days = [{"first": day, "last": day, "name": "New year", "kind": "holiday"}]
    refused = world.cleo.client.post(f"calendars/{calendar.id}/import", {"days": days}, match=calendar.version)
    assert (refused.status_code, refused.data["code"]) == (400, "calendar_file_refused")
    CalendarDay.objects.create(calendar=calendar, day=date(1, 1, 1), note="Entered before there were bounds")
    assert calendar_content(calendar=calendar)["days"][0]["first"] == "0001-01-01"
