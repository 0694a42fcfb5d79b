"""The map: who names whom for which place and office, who takes over, and what stays of the days before."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from backend.administration.models import Change
from backend.responsibility.models import OfficeSlot, Share
from tests.rounds.test_round_pages import browser_of
from tests.world import World


def day(world: World, ahead: int = 0) -> date:
    """Return today by the school's clock, or a day ahead."""
    return world.now.astimezone(ZoneInfo(world.school.time_zone)).date() + timedelta(days=ahead)


def name(world: World, who: str, person: str, place: str = "teaching-building", **more: Any) -> Any:
    """Name a person for a place of the home school, from today on."""
    body = {
        "place": str(world.home.places[place].id),
        "person": str(world.members[person].person.id),
        "from_day": str(day(world)),
        **more,
    }
    return world.members[who].client.post("shares", body)


def seat(world: World, who: str, person: str, slot: str, office: str = "facilities", **more: Any) -> Any:
    """Put a person in a slot of an office, from today on."""
    body = {
        "office": str(world.home.units[office].id),
        "slot": slot,
        "person": str(world.members[person].person.id),
        "from_day": str(day(world)),
        **more,
    }
    return world.members[who].client.post("office-slots", body)


def codes(*answers: Any) -> list[str]:
    """Return the codes for which these were refused."""
    return [[*answer.data["errors"], answer.data][0]["code"] for answer in answers]


def test_whoever_is_named_next_takes_over_and_former_days_stay(world: World) -> None:
    first = name(world, "dan", "carol").data
    assert (first["topic"], first["until_day"], first["by"]["name"]) == (None, None, "Dan")
    food = name(world, "cleo", "bob", topic="food").data
    later = name(world, "cleo", "alice", from_day=str(day(world, 5)), until_day=str(day(world, 9)))
    assert later.status_code == 201, later.data
    shown = {row["id"]: row for row in world.alice.client.get("shares").data["items"]}
    assert shown[first["id"]]["until_day"] == str(day(world, 4)), "the day before the next one"
    assert shown[food["id"]]["until_day"] is None, "another matter is another share"
    on = world.alice.client.get("shares", day=str(day(world, 6)), mine="true").data["items"]
    assert [row["id"] for row in on] == [later.data["id"]]
    within = name(world, "dan", "vera", from_day=str(day(world, 2)), until_day=str(day(world, 7)))
    assert (within.status_code, codes(within)) == (409, ["share_taken"])
    assert name(world, "dan", "vera").status_code == 409, "who is named for later stays named"
    kept = Change.objects.filter(employer_id=world.school.id, object_pk=first["id"]).order_by("id")
    assert [(row.action, row.actor_id) for row in kept] == [
        (Change.Action.CREATE, world.dan.user.pk),
        (Change.Action.UPDATE, world.cleo.user.pk),
    ]


def test_a_share_named_by_mistake_today_is_void_and_one_ended_stays_until_its_day(world: World) -> None:
    wrong = name(world, "dan", "bob").data["id"]
    right = name(world, "dan", "carol").data["id"]
    assert world.dan.client.get(f"shares/{wrong}").data["is_void"] is True

    def end(who: str, share: str, ahead: int) -> Any:
        return world.members[who].client.post(f"shares/{share}/end", {"until_day": str(day(world, ahead))})

    assert codes(end("dan", right, -1), end("dan", wrong, 0)) == ["share_past", "share_over"]
    assert end("dan", right, 3).data["until_day"] == str(day(world, 3))
    assert codes(end("dan", right, 3)) == ["share_over"]
    assert end("dan", right, 0).data["until_day"] == str(day(world))
    coming = name(world, "dan", "carol", from_day=str(day(world, 5))).data["id"]
    assert end("dan", coming, 1).data["is_void"] is True
    assert name(world, "dan", "carol").status_code == 201, "what never held stands in nobody's way"


def test_heads_name_their_own_people_for_their_own_places(world: World) -> None:
    assert codes(name(world, "alice", "alice"), name(world, "bob", "ben")) == ["not_for_sharing", "not_your_place"]
    assert codes(name(world, "carol", "bob")) == ["unknown_accountable"], "not of the office"
    assert name(world, "carol", "carol", "stairwell").status_code == 201
    before, backwards = str(day(world, -1)), {"from_day": str(day(world, 3)), "until_day": str(day(world, 2))}
    past = name(world, "dan", "bob", from_day=before)
    assert codes(name(world, "dan", "bob", until_day="9999-12-31")) == ["out_of_range"]
    assert codes(past, name(world, "dan", "bob", **backwards)) == ["share_past", "share_backwards"]
    assert codes(name(world, "dan", "mallory"), name(world, "dan", "olga")) == ["unknown_accountable"] * 2
    elsewhere = str(world.elsewhere.places["stairwell"].id)
    assert codes(name(world, "dan", "bob", place="stairwell", place_=1)) == ["unknown_field"]
    theirs = world.dan.client.post(
        "shares", {"place": elsewhere, "person": str(world.bob.person.id), "from_day": str(day(world))}
    )
    assert codes(theirs) == ["unknown_shared"]


def test_other_schools_and_closed_accounts(world: World) -> None:
    share = name(world, "dan", "bob").data["id"]
    assert world.mallory.client.get("shares").data["items"] == []
    assert world.olga.client.get("shares").data["items"] == []
    assert world.mallory.client.get(f"shares/{share}").status_code == 404
    ending = {"until_day": str(day(world))}
    assert world.mallory.client.post(f"shares/{share}/end", ending).status_code == 404
    assert codes(world.bob.client.post(f"shares/{share}/end", ending)) == ["not_your_place"]
    assert world.olga.client.get("office-slots").status_code == 404
    world.bob.user.is_active = False
    world.bob.user.save()
    assert codes(name(world, "dan", "bob", topic="food")) == ["unknown_accountable"]


def test_an_office_has_one_head_one_in_charge_and_some_who_support(world: World) -> None:
    assert codes(seat(world, "carol", "carol", "in_charge")) == ["not_for_slots"]
    first = seat(world, "dan", "vera", "in_charge").data["id"]
    again = seat(world, "dan", "dan", "in_charge", from_day=str(day(world, 2)))
    assert again.status_code == 201, again.data
    supporting = [seat(world, "cleo", who, "supporting").data["id"] for who in ("bob", "ben")]
    offices = {row["office"]["code"]: row for row in world.alice.client.get("office-slots").data}
    shown = offices["facilities"]
    assert [person["name"] for person in shown["accountable"]] == ["Carol"]
    assert [(slot["id"], slot["until_day"]) for slot in shown["in_charge"]] == [(first, str(day(world, 1)))]
    assert [slot["id"] for slot in shown["supporting"]] == supporting
    assert [person["name"] for person in offices["student-protection"]["accountable"]] == ["Erin"]
    assert [person["name"] for person in offices["security"]["accountable"]] == ["Bob"], "not the deputy"
    ending = {"until_day": str(day(world))}
    assert world.mallory.client.post(f"office-slots/{first}/end", ending).status_code == 404
    assert world.carol.client.post(f"office-slots/{first}/end", ending).status_code == 403
    assert world.dan.client.post(f"office-slots/{first}/end", ending).data["until_day"] == str(day(world))


def test_on_the_pages(world: World) -> None:
    dan, stairs = browser_of(world.dan), world.home.places["stairwell"]
    sent = {"place": stairs.id, "topic": "fire", "person": world.carol.person.id, "from_day": day(world), "token": "t"}
    assert dan.post("/responsibility", {**sent, "person": ""}).status_code == 400
    assert [dan.post("/responsibility", sent).status_code for _tap in range(2)] == [302, 302]
    share = Share.objects.get()
    page = dan.get("/responsibility").content.decode()
    assert ("Teaching building › Stairwell, second floor" in page, "Name who answers" in page) == (True, True)
    carol = browser_of(world.carol).get("/responsibility").content.decode()
    assert ("You answer for" in carol, "Bob" in carol) == (True, False), "a head is offered their own people"
    assert "Name who answers" not in browser_of(world.alice).get("/responsibility").content.decode()
    address = reverse("portal:share", args=[share.id])
    assert "Carol" in browser_of(world.alice).get(address).content.decode()
    assert dan.post(address, {"until_day": day(world, -1)}).status_code == 400
    assert dan.post(address, {"until_day": "9999-12-31"}).status_code == 400
    assert dan.post(address, {"until_day": day(world)}).status_code == 302
    assert dan.get(address).status_code == 200
    slot = {"office": world.home.units["security"].id, "slot": "in_charge", "person": world.vera.person.id}
    assert dan.post("/responsibility/offices", {**slot, "from_day": day(world), "token": "u"}).status_code == 302
    assert "In charge of it: <b>Vera</b>" in dan.get("/responsibility/offices").content.decode()
    assert dan.post(reverse("portal:office_slot_end", args=[OfficeSlot.objects.get().id])).status_code == 302
    assert browser_of(world.olga).get("/responsibility").status_code == 404
