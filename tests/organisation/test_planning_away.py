"""Duty planned for somebody who is away: every door says so, and whoever knows better may still plan it."""

from datetime import timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backend.duty.models import DutyShift
from backend.duty.services import absence_add
from backend.organisation.roles import Role
from backend.setup.configuration.exporting import configuration_of
from tests.administration.conftest import form_of
from tests.browser import SignIn
from tests.organisation.test_rosters import HOUR, night, planned, refusal, send, slot
from tests.organisation.workbooks import workbook
from tests.setup.conftest import DUTY
from tests.world import World, member_add

AWAY = (409, "people_away")


@pytest.fixture
def school(world: World) -> World:
    """The cast with Adam, who administrates; Alice is away from ten hours on."""
    member_add(world, "adam", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    absence_add(person=world.alice.person, starts_at=world.now + 10 * HOUR, ends_at=world.now + 40 * HOUR)
    return world


def test_planning_and_extending_ask_about_who_is_away(school: World) -> None:
    later = {"starts_at": (school.now + 11 * HOUR).isoformat(), "ends_at": (school.now + 12 * HOUR).isoformat()}
    asked = school.cleo.client.post("rosters", night(school, **later))
    assert (refusal(asked), "Alice is away from" in asked.data["detail"]) == (AWAY, True)
    shift = planned(school)
    path = f"rosters/{shift['id']}"
    longer = {"ends_at": (school.now + 11 * HOUR).isoformat()}
    assert refusal(send(school.cleo, "patch", path, longer, 1)) == AWAY
    assert send(school.cleo, "patch", path, {**longer, "although_away": True}, 1).status_code == 200
    # What was confirmed once is not asked again; somebody else who is away is.
    assert send(school.cleo, "patch", path, {"place": None}, 2).status_code == 200
    absence_add(person=school.dan.person, starts_at=school.now, ends_at=school.now + 2 * HOUR)
    more = {"slots": [slot(school.vera), slot(school.alice, "teacher"), slot(school.dan, "teacher")]}
    assert refusal(send(school.cleo, "patch", path, more, 3)) == AWAY


def test_an_absence_that_ends_as_the_duty_begins_is_none(school: World) -> None:
    absence_add(person=school.vera.person, starts_at=school.now - HOUR, ends_at=school.now + HOUR)
    assert planned(school)["version"] == 1


def test_the_administration_page_asks_and_takes_a_tick(school: World, signed_in: SignIn) -> None:
    shift = planned(school)
    client, path = signed_in(school.adam), f"/admin/duty/dutyshift/{shift['id']}/change/"
    ends = (school.now + 12 * HOUR).astimezone(ZoneInfo(school.school.time_zone))
    sent = form_of(client, path, ends_at_0=f"{ends:%Y-%m-%d}", ends_at_1=f"{ends:%H:%M}")
    answer = client.post(path, sent)
    assert (answer.status_code, "Alice is away from" in unescape(answer.content.decode())) == (200, True)
    assert client.post(path, {**sent, "although_away": "on"}).status_code == 302
    assert DutyShift.objects.get().ends_at > school.now + 11 * HOUR


def test_the_previews_of_files_name_who_is_away_by_row(school: World, signed_in: SignIn) -> None:
    zone = ZoneInfo(school.school.time_zone)
    starts, ends = ((school.now + hours * HOUR).astimezone(zone) for hours in (12, 13))
    day, last = f"{starts:%Y-%m-%d}", f"{ends:%Y-%m-%d}"
    row = ["gate", day, f"{starts:%H:%M}", last, f"{ends:%H:%M}", "", "", "alice"]
    free = ["gate", f"{starts + timedelta(days=9):%Y-%m-%d}", "07:00", "", "08:00", "", "", "alice"]
    client = signed_in(school.adam)
    file = SimpleUploadedFile("school.xlsx", workbook({"值班表": [DUTY, row, free]}))
    page = unescape(client.post("/setup/workbook", {"file": file}).content.decode())
    said = page[page.index("1 duty of somebody who is away") :]
    assert (said.count("Alice is away from"), "Line 2" in said) == (1, True)

    content = configuration_of(school=school.school, now=school.now, is_administrators=True)
    people = [{"staff_number": "alice", "part": "teacher"}]
    content["shifts"].append(
        {"kind": "gate", "starts_at": starts.isoformat(), "ends_at": ends.isoformat(), "people": people}
    )
    answer = school.adam.client.post("configuration/check", {"configuration": content})
    assert [(row["key"].split(" · ")[0], row["said"].split(" from ")[0]) for row in answer.data["away"]] == [
        ("gate", "Alice is away")
    ]
