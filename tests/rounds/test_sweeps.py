"""Looking at places alike: after something was found at one place, an office looks whether it is so at others."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, transaction

from backend.common.clock import database_now
from backend.deadlines.services import fire_due
from backend.organisation.roles import Role
from backend.rounds.models import Round, RoundSweep, RoundTicket
from backend.rounds.services.making import rounds_make
from backend.workflow.models import Ticket
from backend.workflow.services import tickets_route
from tests.rounds.conftest import at
from tests.rounds.test_answering import WELL, say
from tests.rounds.test_missing import told
from tests.rounds.test_patrols import visit
from tests.rounds.test_round_pages import browser_of
from tests.world import World, member_add

QUESTION = "Are the other doors of the building free?"
BAD = {"said": "to_report", "items": [{"item": "free-of-it", "ok": False}]}


@pytest.fixture
def hazard(live_world: World) -> Ticket:
    """A blocked escape route that somebody reported."""
    answer = live_world.alice.client.post("reports", live_world.report_body())
    tickets_route(ticket_ids=[answer.data["ticket"]], now=database_now())
    return Ticket.objects.get(reference=answer.data["reference"])


def ask(world: World, ticket: Ticket, who: str = "dan", key: str | None = None, **changes: Any) -> Any:
    """Ask the security office to look at two places until tomorrow."""
    places = [str(world.home.places[code].id) for code in ("teaching-building", "stairwell")]
    body = {
        "question": QUESTION,
        "places": places,
        "office": str(world.home.units["security"].id),
        "due_at": at(world, "17:00").isoformat(),
        **changes,
    }
    return world.members[who].client.post(f"tickets/{ticket.id}/sweeps", body, key=key)


def test_an_office_hears_at_once_ticks_each_place_off_and_what_it_finds_is_reported(
    live_world: World, hazard: Ticket
) -> None:
    world = live_world
    asked = ask(world, hazard)
    assert asked.status_code == 201, asked.data
    row = Round.objects.get(id=asked.data["id"])
    heard = told(world.now + timedelta(minutes=1))
    assert [(notice.params["what"], notice.params["due_at"]) for notice in heard["ben"]] == [
        ("asked", row.due_at.isoformat())
    ]
    shown = world.ben.client.get(f"rounds/{row.id}").data
    assert (shown["kind"], shown["sweep"]["question"], shown["can"]) == ("sweep", QUESTION, ["answer", "visit"])
    assert [stop["place"]["code"] for stop in shown["route"]] == ["teaching-building", "stairwell"]
    assert [row["id"] for row in world.ben.client.get("rounds", asked="me").data["items"]] == [str(row.id)]
    assert say(world.ben.client, row, WELL).data["errors"][0]["code"] == "places_not_visited"
    visit(world.ben.client, row, world.home.places["stairwell"])
    noted = visit(world.ben.client, row, world.home.places["teaching-building"], BAD).data
    found = next(stop["visits"][0]["id"] for stop in noted["route"] if stop["visits"][0]["said"] == "to_report")
    body = {name: value for name, value in world.report_body().items() if name != "category"}
    filed = world.ben.client.post(f"rounds/{row.id}/findings", {**body, "line": "free-of-it", "visit": found})
    assert (filed.status_code, filed.data["category"]) == (201, "F02"), "the category of what was found first"
    assert set(RoundTicket.objects.values_list("kind", "round")) == {("sweep", row.id), ("finding", row.id)}
    done = say(world.ben.client, row, {"said": "to_report", "words": "One of two was blocked."})
    assert (done.data["state"], done.data["is_late"]) == ("answered", False)
    assert [one["id"] for one in world.dan.client.get(f"tickets/{hazard.id}/sweeps").data] == [str(row.id)]
    call_command("rounds_audit", stdout=StringIO())
    with pytest.raises(ProgrammingError), transaction.atomic():
        RoundSweep.objects.update(question="Another one.")


def test_nobody_answering_climbs_and_no_making_of_rounds_touches_it(live_world: World, hazard: Ticket) -> None:
    row = Round.objects.get(id=ask(live_world, hazard).data["id"])
    again = ask(live_world, hazard)
    assert (again.status_code, again.data["turn"]) == (201, 1), "two on a day are two rounds"
    rounds_make(now=live_world.now + timedelta(minutes=1))
    told(live_world.now + timedelta(minutes=1))
    rounds_make(now=live_world.now + timedelta(hours=1))
    row.refresh_from_db()
    assert (row.state, row.plan) == ("open", "SWEEP")
    for days, who in ((1, "bob"), (2, "vera"), (4, "dan")):
        heard = told(at(live_world, "18:01", days=days))
        rounds = [office["round"] for notice in heard[who] for office in notice.params["offices"]]
        assert str(row.id) in rounds, who


def test_who_asks_for_what_and_who_knows_of_it(live_world: World, hazard: Ticket) -> None:
    world = live_world
    far = (world.now + timedelta(days=61)).isoformat()
    theirs = str(world.elsewhere.places["stairwell"].id)
    refused = {
        "sweep_time": ask(world, hazard, due_at=far),
        "offset_missing": ask(world, hazard, due_at=at(world, "17:00").replace(tzinfo=None).isoformat()),
        "places_unknown": ask(world, hazard, places=[theirs]),
        "blank": ask(world, hazard, question="  "),
    }
    assert {said.data["errors"][0]["code"] for said in refused.values()} == refused.keys()
    assert (
        ask(world, hazard, office=str(world.elsewhere.units["security"].id)).data["errors"][0]["pointer"] == "/office"
    )
    for who in ("alice", "bob"):
        assert ask(world, hazard, who).data["code"] == "not_for_requesting", who
    assert ask(world, hazard, "mallory").status_code == 404
    assert ask(world, hazard, "carol").status_code == 404, "who does not know of the ticket learns nothing"
    asked = ask(world, hazard, office=str(world.home.units["facilities"].id))
    fire_due(now=world.now + timedelta(minutes=1))
    of_carol = world.carol.client.get(f"rounds/{asked.data['id']}").data
    assert (of_carol["sweep"]["question"], of_carol["tickets"]) == (QUESTION, [])
    assert [row["kind"] for row in world.dan.client.get(f"rounds/{asked.data['id']}").data["tickets"]] == ["sweep"]
    assert world.mallory.client.get(f"rounds/{asked.data['id']}").status_code == 404
    Ticket.objects.filter(id=hazard.id).update(severity="P3")
    assert ask(world, hazard).data["code"] == "no_sweep"
    Ticket.objects.filter(id=hazard.id).update(severity="P1", confidentiality="K1", seal="K1")
    assert ask(world, hazard).data["code"] == "no_sweep"


def test_a_sample_is_looked_at_by_somebody_else(live_world: World, hazard: Ticket) -> None:
    world = live_world
    member_add(world, "gus", [(Role.HANDLER, "security", False)], site=world.home)
    row = Round.objects.get(id=ask(world, hazard).data["id"])
    assert ask(world, hazard, again_of=str(row.id)).data["code"] == "round_not_answered"
    assert "ben" in told(world.now + timedelta(minutes=1))
    for code in ("stairwell", "teaching-building"):
        visit(world.ben.client, row, world.home.places[code])
    say(world.ben.client, row, WELL)
    sample = Round.objects.get(
        id=ask(world, hazard, again_of=str(row.id), places=[str(world.home.places["stairwell"].id)]).data["id"]
    )
    heard = told(world.now + timedelta(minutes=2))
    assert ("gus" in heard, "ben" in heard) == (True, False)
    assert visit(world.ben.client, sample, world.home.places["stairwell"]).data["code"] == "not_asked"
    assert world.ben.client.get("rounds", asked="me", state="open").data["items"] == []
    visit(world.gus.client, sample, world.home.places["stairwell"])
    assert say(world.gus.client, sample, WELL).data["state"] == "answered"
    assert browser_of(world.dan).get(f"/rounds/{sample.id}").status_code == 200
    stairwell: dict[str, Any] = {"places": [str(world.home.places["stairwell"].id)]}
    assert ask(world, hazard, again_of=str(sample.id)).data["errors"][0]["code"] == "not_looked_at_before"
    third = RoundSweep.objects.get(round=ask(world, hazard, again_of=str(sample.id), **stairwell).data["id"])
    assert set(third.not_by) == {world.ben.person.id, world.gus.person.id}, (
        "who looked before the sample did is not asked"
    )
    fire_due(now=world.now + timedelta(minutes=3))
    visit(world.bob.client, third.round, world.home.places["stairwell"])
    assert say(world.bob.client, third.round, WELL).data["state"] == "answered", "the head of the office looks as well"
    refused = ask(world, hazard, again_of=str(third.round_id), **stairwell).data["errors"][0]
    assert (refused["code"], refused["pointer"]) == ("nobody_else_there", "/office")


def test_on_the_pages_it_is_asked_for_from_the_ticket_and_looked_at_along_a_route(
    live_world: World, hazard: Ticket
) -> None:
    world, dan = live_world, browser_of(live_world.dan)
    page = dan.get(f"/tickets/{hazard.id}").content.decode()
    assert "Have other places looked at" in page
    assert "Have other places looked at" not in browser_of(world.bob).get(f"/tickets/{hazard.id}").content.decode()
    form = dan.get(f"/tickets/{hazard.id}/sweep").context["form"]
    sent = {"office": form["office"].value(), "due_at": form["due_at"].value(), "question": QUESTION}
    kept = dan.post(f"/tickets/{hazard.id}/sweep", sent)
    assert (kept.status_code, QUESTION in kept.content.decode()) == (400, True), "no place is ticked"
    both = [str(world.home.places[code].id) for code in ("stairwell", "teaching-building")]
    first, second = (
        dan.post(f"/tickets/{hazard.id}/sweep", {**sent, "places": both, "token": "the-same-form"}) for _tap in range(2)
    )
    row = Round.objects.get(plan="SWEEP")
    assert first.headers["Location"] == second.headers["Location"] == f"/rounds/{row.id}", "a second tap asks nothing"
    just_asked = dan.get(f"/rounds/{row.id}").content.decode()
    assert ("is being asked" in just_asked, "Nobody could be asked" in just_asked) == (True, False)
    fire_due(now=world.now + timedelta(minutes=1))
    ben = browser_of(world.ben)
    assert QUESTION in ben.get("/").content.decode()
    for place in both:
        said = ben.post(f"/rounds/{row.id}/places/{place}", {"said": "all_well", "seen": "0"})
        assert said.status_code == 302
    assert ben.post(f"/rounds/{row.id}/answer", {"said": "all_well"}).status_code == 302
    assert "looked at everywhere after" in dan.get(f"/tickets/{hazard.id}").content.decode()
    round_page = dan.get(f"/rounds/{row.id}").content.decode()
    assert hazard.reference in round_page
    again = round_page.split(f"/tickets/{hazard.id}/sweep?again=")[1].split('"')[0]
    sample = dan.get(f"/tickets/{hazard.id}/sweep", {"again": again})
    assert len(sample.context["form"]["places"].value()) == 1
    assert "chosen by lot" in sample.content.decode()
    assert "whenever somebody asks for it" in dan.get("/rules/rounds").content.decode()


def test_what_its_ticket_becomes_later_is_learned_by_nobody_who_looks(live_world: World, hazard: Ticket) -> None:
    world, place = live_world, live_world.home.places["stairwell"]
    sent: dict[str, Any] = {"office": str(world.home.units["facilities"].id), "places": [str(place.id)], "key": "k" * 8}
    asked = ask(world, hazard, "vera", **sent)
    assert [one["ticket"] for one in asked.data["tickets"]] == [str(hazard.id)]
    fire_due(now=world.now + timedelta(minutes=1))
    sealed = world.bob.client.act(hazard.id, "reclassify", note="A child did it.", category="C02")
    assert (sealed.status_code, sealed.data["confidentiality"]) == (200, "K2"), sealed.data
    again = ask(world, hazard, "vera", **sent)
    assert world.vera.client.get(f"tickets/{hazard.id}").status_code == 404
    assert (again.data["id"], again.data["tickets"]) == (asked.data["id"], []), "nor by asking once more"
    row = Round.objects.get(id=asked.data["id"])
    found = visit(world.carol.client, row, place, BAD).data["route"][0]["visits"][0]["id"]
    body = {name: value for name, value in world.report_body().items() if name != "category"}
    filed = world.carol.client.post(f"rounds/{row.id}/findings", {**body, "line": "free-of-it", "visit": found})
    assert (filed.status_code, filed.data["category"]) == (201, "F02"), "as it was when it was asked"
    filled_in = browser_of(world.carol).get(f"/report?found={row.id}.free-of-it.{found}").context["form"]
    assert filled_in["category"].value() == "F02"
