"""Times typed on the administration pages in the hour that comes twice when summer time ends."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from backend.duty.models import Absence, DutyShift, DutySlot
from backend.organisation.models import School
from backend.organisation.roles import Role
from tests.administration.conftest import address, form_of
from tests.browser import SignIn
from tests.world import World, member_add


@pytest.fixture
def in_london(world: World) -> World:
    """The cast at a school in London, with Ada, who administrates."""
    School.objects.filter(id=world.school.id).update(time_zone="Europe/London")
    member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    return world


def shown(client: Client, path: str) -> dict[str, str]:
    """Return the times of day that a page shows in its fields."""
    page = client.get(path).content.decode()
    inputs = re.findall(r'<input[^>]*name="(?:starts|ends)_at_[01]"[^>]*>', page)
    found = [(re.search(r'name="([^"]+)"', each), re.search(r'value="([^"]*)"', each)) for each in inputs]
    return {name[1]: value[1] for name, value in found if name and value}


@pytest.mark.parametrize("hour", [0, 1])
def test_a_shift_that_ends_in_either_hour_is_saved_as_it_stands(in_london: World, signed_in: SignIn, hour: int) -> None:
    """The page refused what it showed itself, as a time that could be either of two."""
    ends_at = datetime(2027, 10, 31, hour, 30, tzinfo=UTC)
    shift = DutyShift.objects.create(
        school=in_london.school, kind="night", starts_at=datetime(2027, 10, 30, 20, tzinfo=UTC), ends_at=ends_at
    )
    DutySlot.objects.create(shift=shift, person=in_london.ben.person, part="leader")
    client, path = signed_in(in_london.ada), address("duty.DutyShift", shift)
    sent = {**form_of(client, path), **shown(client, path)}
    assert sent["ends_at_1"] == "01:30:00"
    assert client.post(path, {**sent, "starts_at_1": "21:30"}).status_code == 302
    shift.refresh_from_db()
    assert (shift.starts_at.hour, shift.starts_at.minute, shift.ends_at) == (20, 30, ends_at)


@pytest.mark.parametrize(("typed", "status"), [("2027-10-31", 302), ("2027-03-28", 200)])
def test_an_absence_may_begin_in_that_hour_and_in_none_that_does_not_come(
    in_london: World, signed_in: SignIn, typed: str, status: int
) -> None:
    client, path = signed_in(in_london.ada), address("organisation.Person", in_london.ben.person)
    row = {"starts_at_0": typed, "starts_at_1": "01:30", "ends_at_0": "2027-11-30", "ends_at_1": "08:00"}
    sent = {"absences-TOTAL_FORMS": "1", **{f"absences-0-{name}": value for name, value in row.items()}}
    answer = client.post(path, {**form_of(client, path), **sent})
    assert (answer.status_code, "this time does not come on that day" in answer.content.decode()) == (
        status,
        status == 200,
    )
    begins = [datetime(2027, 10, 31, 0, 30, tzinfo=UTC)] if status == 302 else []
    assert list(Absence.objects.values_list("starts_at", flat=True)) == begins
