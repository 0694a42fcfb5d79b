"""Absences over the API: everybody notes their own, keepers of the rosters anybody's of the school."""

from datetime import timedelta

import pytest
from rest_framework.response import Response

from backend.duty.models import Absence
from backend.duty.selectors import directory_load
from backend.organisation.roles import Role
from tests.world import Member, World

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def note(
    world: World, by: Member, of: Member | None = None, *, starts: timedelta = -HOUR, ends: timedelta = HOUR
) -> Response:
    body = {"starts_at": (world.now + starts).isoformat(), "ends_at": (world.now + ends).isoformat()}
    return by.client.post("absences", body | ({"person": str(of.person.id)} if of else {}))


def remove(by: Member, absence_id: int) -> Response:
    response: Response = by.client.http.delete(f"/api/v1/absences/{absence_id}")
    return response


def reached(world: World) -> set[object]:
    directory = directory_load(school_ids=[world.school.id], now=world.now)
    unit_id = world.home.units["security"].id
    return set(directory.reach(role=Role.OFFICE_HEAD, school_id=world.school.id, unit_id=unit_id).people)


def test_own_absence_is_noted_counts_at_once_and_ends_early(world: World) -> None:
    created = note(world, world.bob)
    assert created.status_code == 201, created.data
    assert created.data["person"]["name"] == "Bob"
    assert reached(world) == {world.ben.person.id}
    assert remove(world.bob, created.data["id"]).status_code == 204
    assert Absence.objects.get().ends_at < world.now + HOUR
    assert remove(world.bob, created.data["id"]).data["code"] == "absence_over"


def test_absence_that_has_not_begun_is_taken_back(world: World) -> None:
    created = note(world, world.bob, starts=DAY, ends=2 * DAY)
    assert remove(world.bob, created.data["id"]).status_code == 204
    assert not Absence.objects.exists()


def test_keepers_note_and_end_absences_of_colleagues_others_only_their_own(world: World) -> None:
    assert note(world, world.cleo, world.bob).status_code == 201
    refused = note(world, world.carol, world.bob, ends=DAY)
    assert (refused.status_code, refused.data["code"]) == (403, "not_your_absence")
    absence = Absence.objects.get()
    assert remove(world.carol, absence.id).status_code == 404
    for name, seen in (("bob", 1), ("cleo", 1), ("carol", 0), ("mallory", 0), ("olga", 0)):
        assert len(world.members[name].client.get("absences").data["items"]) == seen, name
    assert world.cleo.client.get("absences", person=str(world.dan.person.id)).data["items"] == []
    assert remove(world.cleo, absence.id).status_code == 204


def test_another_school_finds_nobody_and_nothing(world: World) -> None:
    unknown = note(world, world.mallory, world.bob)
    assert (unknown.status_code, unknown.data["code"]) == (400, "not_a_colleague")
    absence_id = note(world, world.bob).data["id"]
    assert remove(world.mallory, absence_id).status_code == 404
    assert Absence.objects.get().ends_at == world.now + HOUR


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(HOUR, HOUR), (2 * HOUR, HOUR), (-2 * HOUR, -HOUR), (HOUR, HOUR + 401 * DAY), (401 * DAY, 402 * DAY)],
)
def test_absence_that_makes_no_sense_is_refused(world: World, starts: timedelta, ends: timedelta) -> None:
    refused = note(world, world.bob, starts=starts, ends=ends)
    assert (refused.status_code, refused.data["code"]) == (400, "absence_span_invalid")
    assert not Absence.objects.exists()
