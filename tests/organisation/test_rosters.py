"""Duty rosters over the API: planned and changed by their keepers, swapped with a note, seen by colleagues only."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.response import Response

from backend.duty.models import DutyShift, DutySlot, DutySwap
from backend.duty.services import absence_add
from backend.organisation.roles import Role
from tests.world import Member, World, member_add, version_of

HOUR = timedelta(hours=1)
KEEPERS = ["cleo", "vera", "dan", "adam"]
STATUS_AND_CODE = tuple[int, str]


@pytest.fixture
def school(world: World) -> World:
    """The cast with Adam, who administrates."""
    member_add(world, "adam", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    return world


def slot(member: Member, part: str = "leader") -> dict[str, str]:
    return {"part": part, "person": str(member.person.id)}


def night(world: World, **changes: object) -> dict[str, Any]:
    """Describe a night an hour from now that Vera leads and Alice serves in, with changes."""
    return {
        "kind": "night",
        "place": str(world.home.places["teaching-building"].id),
        "starts_at": (world.now + HOUR).isoformat(),
        "ends_at": (world.now + 9 * HOUR).isoformat(),
        "slots": [slot(world.vera), slot(world.alice, "teacher")],
        **changes,
    }


def planned(world: World, **changes: object) -> dict[str, Any]:
    response = world.cleo.client.post("rosters", night(world, **changes))
    assert response.status_code == 201, response.data
    return dict(response.data)


def send(member: Member, method: str, path: str, body: object = None, match: object = None) -> Response:
    headers = {"If-Match": f'"v{match}"'} if match is not None else {}
    act: Callable[..., Response] = getattr(member.client.http, method)
    return act(f"/api/v1/{path}", body, format="json", headers=headers)


def swap(member: Member, shift: dict[str, Any], held_by: Member, taker: Member, **changes: object) -> Response:
    held = DutySlot.objects.get(shift_id=shift["id"], person=held_by.person)
    version = DutyShift.objects.get(id=held.shift_id).version
    body = {"taker": str(taker.person.id), "note": "钥匙在门卫室", **changes}
    return member.client.post(f"rosters/{shift['id']}/slots/{held.id}/swap", body, match=version)


def refusal(response: Response) -> STATUS_AND_CODE:
    return response.status_code, response.data["code"]


@pytest.mark.parametrize("name", KEEPERS)
def test_keepers_plan_change_and_take_back_a_shift(school: World, name: str) -> None:
    keeper = school.members[name]
    created = keeper.client.post("rosters", night(school))
    assert created.status_code == 201, created.data
    assert version_of(created) == 1
    path = f"rosters/{created.data['id']}"
    assert created["Location"].endswith(path)
    assert [row["person"]["name"] for row in created.data["slots"]] == ["Vera", "Alice"]
    changed = send(keeper, "patch", path, {"slots": [slot(school.dan), slot(school.alice, "leader")]}, 1)
    assert (changed.status_code, version_of(changed)) == (200, 2)
    assert {(row["person"]["name"], row["part"]) for row in changed.data["slots"]} == {
        ("Dan", "leader"),
        ("Alice", "leader"),
    }
    assert changed.data["starts_at"] == created.data["starts_at"]
    assert send(keeper, "delete", path, match=1).status_code == 412
    assert send(keeper, "delete", path).status_code == 428
    assert send(keeper, "delete", path, match=2).status_code == 204
    assert not DutyShift.objects.exists()


@pytest.mark.parametrize("name", ["alice", "bob", "erin"])
def test_others_of_the_school_see_the_rosters_but_do_not_change_them(school: World, name: str) -> None:
    shift = planned(school)
    member = school.members[name]
    listed = member.client.get("rosters")
    assert [row["id"] for row in listed.data["items"]] == [shift["id"]]
    assert version_of(member.client.get(f"rosters/{shift['id']}")) == 1
    answers = [
        member.client.post("rosters", night(school, kind="week")),
        send(member, "patch", f"rosters/{shift['id']}", {"kind": "week"}, 1),
        send(member, "delete", f"rosters/{shift['id']}", match=1),
    ]
    assert [refusal(answer) for answer in answers] == [(403, "not_roster_keeper")] * 3
    assert DutyShift.objects.get().version == 1


def test_another_school_sees_nothing_and_changes_nothing(school: World) -> None:
    shift = planned(school)
    held = DutySlot.objects.get(person=school.vera.person)
    path, mallory = f"rosters/{shift['id']}", school.mallory
    body = {"taker": str(mallory.person.id), "note": "x"}
    answers = [
        mallory.client.get(path),
        send(mallory, "patch", path, {"kind": "week"}),
        send(mallory, "delete", path, match=7),
        mallory.client.post(f"{path}/slots/{held.id}/swap", body),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert mallory.client.get("rosters").data["items"] == []
    assert school.olga.client.get(path).status_code == 404
    taken = mallory.client.post("rosters", night(school, place=None))
    assert refusal(taken) == (400, "not_a_colleague")


def with_times(starts: timedelta, ends: timedelta) -> Callable[[World], dict[str, object]]:
    def change(world: World) -> dict[str, Any]:
        return {"starts_at": (world.now + starts).isoformat(), "ends_at": (world.now + ends).isoformat()}

    return change


@pytest.mark.slow("tests/organisation/test_rosters.py", after=3)
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda world: {"slots": [slot(world.alice, "teacher")]}, (400, "shift_without_leader")),
        (lambda world: {"slots": [slot(world.vera), slot(world.vera, "teacher")]}, (400, "slots_invalid")),
        (lambda world: {"slots": [slot(world.mallory)]}, (400, "not_a_colleague")),
        (lambda world: {"slots": [slot(world.olga)]}, (400, "not_a_colleague")),
        (lambda world: {"place": str(world.elsewhere.places["stairwell"].id)}, (400, "place_elsewhere")),
        (with_times(2 * HOUR, HOUR), (400, "shift_span_invalid")),
        (with_times(HOUR, timedelta(days=32)), (400, "shift_span_invalid")),
        (with_times(timedelta(days=401), timedelta(days=402)), (400, "shift_span_invalid")),
        (with_times(-2 * HOUR, -HOUR), (409, "shift_over")),
    ],
)
def test_shift_that_makes_no_sense_is_refused(
    school: World, change: Callable[[World], dict[str, object]], expected: STATUS_AND_CODE
) -> None:
    assert refusal(school.cleo.client.post("rosters", night(school, **change(school)))) == expected
    assert not DutyShift.objects.exists()


def test_gate_may_be_kept_by_teachers_alone_and_one_place_and_time_once(school: World) -> None:
    gate = {"kind": "gate", "slots": [slot(school.alice, "teacher")]}
    planned(school, **gate)
    assert refusal(school.cleo.client.post("rosters", night(school, **gate))) == (409, "shift_exists")
    planned(school, **gate, place=str(school.home.places["stairwell"].id))


def test_shift_that_began_stays_and_one_that_is_over_is_not_changed(school: World) -> None:
    shift = planned(school)
    path = f"rosters/{shift['id']}"
    DutyShift.objects.update(starts_at=school.now - HOUR)
    assert refusal(send(school.cleo, "delete", path, match=1)) == (409, "shift_begun")
    DutyShift.objects.update(ends_at=school.now)
    assert refusal(send(school.cleo, "patch", path, {"kind": "week"}, 1)) == (409, "shift_over")
    assert refusal(swap(school.vera, shift, school.vera, school.dan)) == (409, "shift_over")


@pytest.mark.parametrize("name", ["vera", "cleo"])
def test_slot_goes_to_a_colleague_with_a_note(school: World, name: str) -> None:
    shift = planned(school)
    response = swap(school.members[name], shift, school.vera, school.dan)
    assert (response.status_code, version_of(response)) == (200, 2)
    assert {row["person"]["name"] for row in response.data["slots"]} == {"Dan", "Alice"}
    (recorded,) = DutySwap.objects.all()
    assert (recorded.given_by, recorded.taken_by) == (school.vera.person, school.dan.person)
    assert (recorded.recorded_by, recorded.note) == (school.members[name].person, "钥匙在门卫室")
    for reader, shown in (("vera", 1), ("dan", 1), ("alice", 1), ("cleo", 1), ("bob", 0)):
        seen = school.members[reader].client.get(f"rosters/{shift['id']}").data["swaps"]
        assert len(seen) == shown, reader


def test_swap_needs_the_holder_a_note_and_somebody_who_is_there(school: World) -> None:
    shift = planned(school)
    absence_add(person=school.bob.person, starts_at=school.now + 8 * HOUR, ends_at=school.now + 30 * HOUR)
    refusals = [
        (swap(school.bob, shift, school.vera, school.dan), (403, "not_roster_keeper")),
        (swap(school.vera, shift, school.vera, school.dan, note="  "), (400, "validation_error")),
        (swap(school.vera, shift, school.vera, school.mallory), (400, "not_a_colleague")),
        (swap(school.vera, shift, school.vera, school.alice), (409, "taker_on_duty")),
        (swap(school.vera, shift, school.vera, school.bob), (409, "taker_absent")),
    ]
    assert [refusal(response) for response, _expected in refusals] == [expected for _response, expected in refusals]
    assert swap(school.vera, shift, school.vera, school.carol).status_code == 200
    assert DutySwap.objects.count() == 1
    held = DutySlot.objects.get(person=school.carol.person)
    body = {"taker": str(school.dan.person.id), "note": "x"}
    path = f"rosters/{shift['id']}/slots/{held.id}/swap"
    assert school.carol.client.post(path, body, match=1).status_code == 412
    assert school.carol.client.post(path, body).status_code == 428


def test_list_filters_and_costs_the_same_for_many_shifts(
    school: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for day in range(12):
        starts_at = school.now + timedelta(days=day)
        shift = DutyShift.objects.create(
            school=school.school, kind="gate" if day % 2 else "noon", starts_at=starts_at, ends_at=starts_at + HOUR
        )
        DutySlot.objects.create(shift=shift, part="teacher", person=school.alice.person)
    with django_assert_max_num_queries(4):
        assert len(school.bob.client.get("rosters").data["items"]) == 12

    def count(**query: str) -> int:
        return len(school.bob.client.get("rosters", **query).data["items"])

    assert count(kind="gate") == 6
    span: dict[str, datetime] = {"from": school.now + timedelta(days=2), "until": school.now + timedelta(days=5)}
    assert count(**{name: instant.isoformat() for name, instant in span.items()}) == 3
    first = school.bob.client.get("rosters", page_size="5")
    assert len(school.bob.client.http.get(first.data["next"]).data["items"]) == 5
    assert school.bob.client.get("rosters", colour="red").status_code == 400
    assert school.bob.client.get("rosters", kind="midnight").status_code == 400


def test_officers_of_the_bureau_keep_its_own_roster(school: World) -> None:
    body = night(school, place=None, slots=[slot(school.olga)])
    created = school.olga.client.post("rosters", body)
    assert created.status_code == 201, created.data
    assert DutyShift.objects.get().bureau == school.bureau
    assert school.dan.client.get(f"rosters/{created.data['id']}").status_code == 404
