"""The leading group: set up as a whole from a day on, seats by post, taken over, ended, a gap where there is none."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.organisation.models import Appointment
from backend.organisation.roles import Role
from backend.responsibility.models import LeadingGroup
from backend.responsibility.selectors.leading import group_of_today
from tests.portal.papers import paper_of, texts_of
from tests.responsibility.test_gaps import gaps
from tests.responsibility.test_shares import codes, day
from tests.rounds.test_round_pages import browser_of
from tests.world import World, appoint


def seat(world: World, role: str, office: str = "", **more: Any) -> dict[str, Any]:
    """Return a seat as it is sent."""
    unit = str(world.home.units[office].id) if office else None
    return {"standing": "member", "role": role, "unit": unit, **more}


def set_up(world: World, who: str = "dan", **more: Any) -> Any:
    """Set a group up: the vice principal as deputy head, the coordinator and the head of security as members."""
    seats = [
        seat(world, "vice_principal", standing="deputy", duties="Stands in for the head"),
        seat(world, "coordinator"),
        seat(world, "office_head", "security", duties="Gate and patrols"),
    ]
    body = {"meets": "monthly", "from_day": str(day(world)), "seats": seats, **more}
    return world.members[who].client.post("leading-groups", body)


def test_whoever_holds_the_post_sits_on_its_seat(world: World) -> None:
    assert world.alice.client.get("leading-groups/today").data == {"today": None}
    assert [gap["name"] for gap in gaps(world)["group_missing"]] == ["Leading group"]
    made = set_up(world)
    assert made.status_code == 201, made.data
    shown = world.alice.client.get("leading-groups/today").data["today"]
    assert [one["name"] for one in shown["head"]] == ["Dan"]
    sat = [(one["seat"]["standing"], [person["name"] for person in one["people"]]) for one in shown["seats"]]
    assert sat == [("deputy", ["Vera"]), ("member", ["Cleo"]), ("member", ["Bob"])], "not the deputy of security"
    found = gaps(world)
    assert ("group_missing" in found, "group_unanswered" in found) == (False, False)
    Appointment.objects.filter(person=world.bob.person).update(ends_at=world.now)
    assert [gap["details"] for gap in gaps(world)["group_unanswered"]] == [["Head of office (Security office)"]]
    appoint(world.carol.person, Role.OFFICE_HEAD, world.home.units["security"], world.now)
    with CaptureQueriesContext(connection) as asked:
        held = group_of_today(actor=world.alice.actor, now=world.now)
    assert held is not None
    assert [person.name for person in held.seats[2].people] == ["Carol"], "the seat went with the post"
    assert len(asked) <= 7


def test_the_next_group_takes_over_and_former_ones_stay(world: World) -> None:
    first = set_up(world).data["id"]
    following = set_up(world, "cleo", from_day=str(day(world, 5)), meets="weekly")
    assert following.status_code == 201, following.data
    rows = {row["id"]: row for row in world.alice.client.get("leading-groups").data["items"]}
    assert (rows[first]["until_day"], len(rows)) == (str(day(world, 4)), 2)
    assert codes(set_up(world)) == ["share_taken"], "a later one is set already"
    ending = {"until_day": str(day(world))}
    assert world.mallory.client.post(f"leading-groups/{first}/end", ending).status_code == 404
    assert codes(world.bob.client.post(f"leading-groups/{first}/end", ending)) == ["not_for_group"]
    ended = world.dan.client.post(f"leading-groups/{following.data['id']}/end", ending)
    assert ended.data["is_void"] is True, "it never began"
    assert world.mallory.client.get("leading-groups").data["items"] == []
    assert world.olga.client.get("leading-groups/today").status_code == 404


def test_what_makes_no_group_is_refused(world: World) -> None:
    twice = [seat(world, "coordinator"), seat(world, "coordinator", standing="deputy")]
    elsewhere = {**seat(world, "office_head"), "unit": str(world.elsewhere.units["security"].id)}
    answers = [
        set_up(world, "carol"),
        set_up(world, seats=twice),
        set_up(world, seats=[seat(world, "principal")]),
        set_up(world, seats=[seat(world, "coordinator", "security")]),
        set_up(world, seats=[elsewhere]),
        set_up(world, from_day=str(day(world, -1))),
    ]
    unknown = ["unknown_shared"] * 3
    assert codes(*answers) == ["not_for_group", "seat_twice", *unknown, "share_past"]
    assert set_up(world, seats=[]).status_code == 400


def test_on_the_pages_beside_a_plan_and_on_paper(world: World) -> None:
    dan, alice = browser_of(world.dan), browser_of(world.alice)
    assert "has no leading group" in alice.get("/responsibility/group").content.decode()
    assert "Set it up" not in alice.get("/responsibility/group").content.decode()
    assert dan.get("/responsibility/group/new").status_code == 200
    sent = {"meets": "monthly", "from_day": day(world), "token": "t"}
    assert dan.post("/responsibility/group/new", sent).status_code == 400, "nobody has a seat"
    office = world.home.units["security"].id
    sent |= {"standing-vice_principal": "deputy", f"standing-office_head-{office}": "member"}
    sent |= {f"duties-office_head-{office}": "Gate and patrols"}
    assert dan.post("/responsibility/group/new", {**sent, "from_day": day(world, -1)}).status_code == 400
    assert [dan.post("/responsibility/group/new", sent).status_code for _tap in range(2)] == [302, 302]
    page = alice.get("/responsibility/group").content.decode()
    assert ("Head: Dan" in page, "Member: Bob" in page, "Gate and patrols" in page) == (True, True, True)
    assert "Gate and patrols" in dan.get("/responsibility/group/new").content.decode(), (
        "filled in with the one of today"
    )
    assert "Member: Bob" in alice.get("/plans/RP-FIRE").content.decode()
    paper = " ".join(texts_of(paper_of(alice.get("/responsibility/paper.pdf"))))
    assert all(words in paper for words in ("Leading group for safety", "Dan", "Gate and patrols", "Teaching building"))
    group = LeadingGroup.objects.get()
    assert dan.post(f"/responsibility/group/{group.id}/end").status_code == 302
    assert "until" in alice.get("/responsibility/group").content.decode()
