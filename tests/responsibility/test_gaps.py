"""The report on what nobody answers for: each sort of gap, where it is mended, and what a bureau is told of it."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.organisation.models import Appointment, Place, Unit
from backend.organisation.roles import Role
from backend.responsibility.selectors.gaps import gaps_known
from tests.responsibility.test_shares import name, seat
from tests.rounds.test_round_pages import browser_of
from tests.world import World, appoint


def gaps(world: World, who: str = "dan") -> dict[str, list[Any]]:
    """Return the gaps of the reader's school by their sort."""
    (own,) = world.members[who].client.get("gaps").data
    found: dict[str, list[Any]] = {}
    for gap in own["gaps"]:
        found.setdefault(gap["kind"], []).append(gap)
    counts = {row["kind"]: row["count"] for row in own["counts"] if row["count"]}
    assert counts == {kind: len(rows) for kind, rows in found.items()}
    return found


def test_a_place_is_answered_for_with_everything_around_it(world: World) -> None:
    yard = Place.objects.create(
        school=world.school, owner=world.home.units["security"], code="yard", name_zh="操场", name_en="Yard"
    )
    assert [gap["name"] for gap in gaps(world)["place_without_share"]] == ["Teaching building", "Yard"]
    name(world, "dan", "carol", topic="fire")
    building, _yard = gaps(world)["place_without_share"]
    assert ("Fire and electricity" in building["details"], "Health" in building["details"]) == (False, True)
    name(world, "dan", "carol")
    world.home.places["yard"] = yard
    name(world, "dan", "bob", "yard")
    assert "place_without_share" not in gaps(world), "the stairwell lies in the building"


def test_offices_classes_and_categories(world: World) -> None:
    def unit(code: str, kind: Unit.Kind) -> Unit:
        return Unit.objects.create(school=world.school, kind=kind, code=code, name_zh=code, name_en=code.title())

    room, taught = unit("one-one", Unit.Kind.CLASS), unit("one-two", Unit.Kind.CLASS)
    appoint(world.alice.person, Role.OFFICE_HEAD, taught, world.now)
    appoint(world.alice.person, Role.OFFICE_HEAD, world.home.units["security"], world.now)
    found = gaps(world)
    assert [gap["subject"] for gap in found["class_without_teacher"]] == [str(room.id)]
    heads = {gap["name"] for gap in found["office_without_head"]}
    assert (heads >= {"Health room", "Student affairs office"}, "Student protection office" in heads) == (True, False)
    health = next(gap for gap in found["office_without_head"] if gap["name"] == "Health room")
    assert health["details"], "the categories that it answers for"
    assert [sorted(gap["details"]) for gap in found["office_with_many_heads"]] == [["Alice", "Bob"]]
    named = {gap["subject"]: gap["details"] for gap in found["category_without_office"]}
    assert named, "the school of the tests has not all offices of the rules"
    assert all(world.home.units.get(lead) is None for leads in named.values() for lead in leads)


def test_plans_nobody_answers_for(world: World) -> None:
    before = gaps(world)
    rounds = {gap["subject"]: gap["details"] for gap in before["rounds_unanswered"]}
    responses = {gap["subject"] for gap in before["response_unanswered"]}
    assert any("Health room" in said for details in rounds.values() for said in details)
    assert responses
    appoint(world.alice.person, Role.OFFICE_HEAD, world.home.units["health-room"], world.now)
    after = {gap["subject"]: gap["details"] for gap in gaps(world).get("rounds_unanswered", ())}
    assert not any("Health room" in said for details in after.values() for said in details)


def test_whoever_left_or_is_closed_answers_for_nothing(world: World) -> None:
    name(world, "dan", "alice")
    name(world, "dan", "bob", topic="gate")
    seat(world, "dan", "alice", "supporting")
    Appointment.objects.filter(person=world.alice.person).update(ends_at=world.now)
    world.bob.user.is_active = False
    world.bob.user.save()
    found = gaps(world, "cleo")
    assert [gap["details"] for gap in found["share_left"]] == [["Alice"], ["Bob", "People, gate and traffic"]]
    assert [gap["name"] for gap in found["slot_left"]] == ["Facilities office"]
    assert [gap["name"] for gap in found["post_closed"]] == ["Bob"]
    assert "Security office" in {gap["name"] for gap in found["office_without_head"]}, "a deputy is no head"


def test_a_bureau_is_told_numbers_and_a_school_costs_no_statement(world: World) -> None:
    name(world, "dan", "bob")
    for who in ("alice", "bob", "carol", "erin"):
        assert world.members[who].client.get("gaps").data["code"] == "not_gaps_reader"
    answer = world.olga.client.get("gaps")
    assert [(row["name"], row["gaps"]) for row in answer.data] == [("Nanshan School", []), ("Qinghe School", [])]
    assert "Bob" not in answer.content.decode()
    counts = []
    for reader in (world.olga.actor, world.dan.actor):
        with CaptureQueriesContext(connection) as asked:
            gaps_known(actor=reader, now=world.now)
        counts.append(len(asked))
    assert counts == [14, 14], "as many for both schools as for one"


def test_the_pages_lead_to_where_it_is_mended(world: World) -> None:
    name(world, "dan", "bob", "stairwell")
    world.bob.user.is_active = False
    world.bob.user.save()
    coordinator = browser_of(world.cleo).get("/responsibility/gaps").content.decode()
    place = world.home.places["teaching-building"].id
    assert f"/responsibility?place={place}#name" in coordinator
    assert ("Your administrator does this." in coordinator, "/admin/" in coordinator) == (True, False)
    appoint(world.vera.person, Role.ADMINISTRATOR, None, world.now)
    keeper = browser_of(world.vera).get("/responsibility/gaps").content.decode()
    assert f"/admin/organisation/person/{world.bob.person.id}/change/" in keeper
    bureau = browser_of(world.olga).get("/responsibility/gaps").content.decode()
    assert ("Qinghe School" in bureau, "Stairwell" in bureau) == (True, False)
    assert "/responsibility/gaps" in browser_of(world.dan).get("/today").content.decode()
