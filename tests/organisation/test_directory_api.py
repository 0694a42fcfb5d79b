"""The directory of a school over the API: places, offices, people, who would be reached, and oneself."""

from datetime import timedelta

from pytest_django import DjangoAssertNumQueries

from backend.duty.models import DutyShift, DutySlot
from backend.duty.services import absence_add
from tests.world import World

HOUR = timedelta(hours=1)


def test_code_on_the_wall_names_its_place_to_people_of_the_school_only(world: World) -> None:
    place = world.home.places["stairwell"]
    found = world.alice.client.get(f"places/by-token/{place.token}")
    assert found.status_code == 200
    assert (found.data["code"], found.data["owner"]["code"], found.data["token"]) == ("stairwell", "facilities", None)
    assert [row["code"] for row in found.data["path"]] == ["teaching-building"]
    assert world.cleo.client.get(f"places/{place.id}").data["token"] == place.token
    for path in (f"places/by-token/{place.token}", f"places/{place.id}"):
        assert world.mallory.client.get(path).status_code == 404
        assert world.olga.client.get(path).status_code == 404
    for token in ("no-such-token", "%00", f"{place.token}%00"):
        assert world.alice.client.get(f"places/by-token/{token}").status_code == 404


def test_places_are_a_tree(world: World) -> None:
    building = world.home.places["teaching-building"]
    within = world.alice.client.get("places", parent=str(building.id)).data["items"]
    assert [row["code"] for row in within] == ["stairwell"]
    elsewhere = world.elsewhere.places["teaching-building"]
    assert world.alice.client.get("places", parent=str(elsewhere.id)).data["items"] == []
    owned = world.alice.client.get("places", owner=str(world.home.units["security"].id)).data["items"]
    assert owned == []


def test_offices_by_kind(world: World) -> None:
    assert world.alice.client.get("offices", kind="class").data["items"] == []
    assert len(world.alice.client.get("offices", kind="office").data["items"]) == 6
    assert world.alice.client.get("offices", kind="pub").status_code == 400


def test_people_by_name_for_all_with_posts_and_channels_for_keepers(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    unit = str(world.home.units["security"].id)
    for reader in ("alice", "cleo"):
        with django_assert_max_num_queries(7):
            everybody = world.members[reader].client.get("people").data["items"]
        assert {row["name"] for row in everybody}.isdisjoint({"Mallory", "Olga"})
    (bob,) = world.alice.client.get("people", unit=unit, role="office_head", page_size="1").data["items"][:1]
    assert (bob["posts"], bob["channels"]) == (None, None)
    heads = world.cleo.client.get("people", unit=unit, role="office_head").data["items"]
    assert [row["name"] for row in heads] == ["Ben", "Bob"]
    assert {(post["role"], post["is_deputy"]) for post in heads[0]["posts"]} == {
        ("handler", False),
        ("office_head", True),
    }
    assert heads[0]["channels"] == [{"kind": "email", "verified": True}]
    assert world.mallory.client.get("people", unit=unit).data["items"] == []


def test_leaders_see_who_would_be_reached_and_why_not_somebody_else(world: World) -> None:
    absence_add(person=world.bob.person, starts_at=world.now + HOUR, ends_at=world.now + 2 * HOUR)
    unit = str(world.home.units["security"].id)
    for name in ("cleo", "vera", "dan"):
        client = world.members[name].client
        now = client.get("reachable", role="office_head", unit=unit)
        assert [row["name"] for row in now.data["people"]] == ["Bob"]
        at = (world.now + HOUR).isoformat()
        later = client.get("reachable", role="office_head", unit=unit, at=at).data
        assert ([row["name"] for row in later["people"]], later["found_in"]) == (["Ben"], "office_head")
        assert [(row["person"]["name"], row["reason"]) for row in later["passed_over"]] == [("Bob", "absent")]
    chair = world.dan.client.get("reachable", role="board_chair").data
    assert [row["name"] for row in chair["people"]] == ["Olga"]
    assert chair["passed_over"] == [{"role": "board_chair", "person": None, "reason": "vacant"}]


def test_reach_is_not_shown_to_others_nor_of_other_schools(world: World) -> None:
    unit = str(world.home.units["security"].id)
    for name in ("alice", "bob", "olga"):
        refused = world.members[name].client.get("reachable", role="office_head", unit=unit)
        assert (refused.status_code, refused.data["code"]) == (403, "not_reach_reader")
    assert world.mallory.client.get("reachable", role="office_head", unit=unit).status_code == 404
    missing = world.cleo.client.get("reachable", role="handler")
    assert (missing.status_code, missing.data["code"]) == (400, "unit_missing")
    assert world.cleo.client.get("reachable").status_code == 400


def test_me_says_language_time_zone_and_the_duty_of_now(world: World) -> None:
    shift = DutyShift.objects.create(
        school=world.school, kind="night", starts_at=world.now - HOUR, ends_at=world.now + HOUR
    )
    DutySlot.objects.create(shift=shift, part="leader", person=world.alice.person)
    me = world.alice.client.get("me").data
    assert (me["language"], me["time_zone"]) == ("en", "Asia/Shanghai")
    assert [(row["kind"], row["part"], row["shift"]) for row in me["duties"]] == [("night", "leader", str(shift.id))]
    assert {"role": "duty_leader", "unit": None} in [dict(post) for post in me["posts"]]
    officer = world.olga.client.get("me").data
    assert (officer["time_zone"], officer["duties"]) == (None, [])
