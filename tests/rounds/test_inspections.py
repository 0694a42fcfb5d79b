"""Inspections: every place of a school is looked at by the office that looks after it, and gaps stand out by name."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.organisation.models import Place
from backend.rounds.models import Inspection, InspectionRound, Round, RoundTicket
from backend.rounds.services.making import rounds_make
from backend.workflow.models import Ticket
from tests.rounds.conftest import at
from tests.rounds.test_answering import WELL, say
from tests.rounds.test_missing import told
from tests.rounds.test_patrols import visit
from tests.rounds.test_round_pages import browser_of
from tests.world import World

REASON = "Before the National Day holiday"
BARE = {"said": "to_report", "items": [{"item": "no-bare-wires", "ok": False}]}


def ask(world: World, who: str = "dan", **changes: Any) -> Any:
    """Have the wiring looked at until tomorrow evening."""
    body = {"plan": "INSPECT_ELEC", "reason": REASON, "due_at": at(world, "17:00").isoformat(), **changes}
    return world.members[who].client.post("inspections", body)


@pytest.fixture
def gate(live_world: World) -> Place:
    """A place of another office."""
    home = live_world.home
    return Place.objects.create(
        school=home.school, owner=home.units["security"], code="gate", name_zh="大门", name_en="Main gate"
    )


def test_each_office_looks_at_its_own_places_and_what_nobody_saw_is_named(live_world: World, gate: Place) -> None:
    world = live_world
    asked = ask(world)
    assert asked.status_code == 201, asked.data
    assert [(share["office"]["code"], share["places"]) for share in asked.data["shares"]] == [
        ("facilities", 2),
        ("security", 1),
    ]
    rounds_make(now=world.now + timedelta(minutes=1))
    heard = told(world.now + timedelta(minutes=1))
    assert {"ben", "carol"} <= heard.keys()
    row = Round.objects.get(unit=world.home.units["facilities"], plan="INSPECT_ELEC")
    stairwell = world.home.places["stairwell"]
    noted = visit(world.carol.client, row, stairwell, BARE).data
    found = next(stop["visits"][0]["id"] for stop in noted["route"] if stop["visits"])
    body = {name: value for name, value in world.report_body().items() if name != "category"}
    filed = world.carol.client.post(f"rounds/{row.id}/findings", {**body, "line": "no-bare-wires", "visit": found})
    assert (filed.status_code, filed.data["category"]) == (201, "F04"), filed.data
    assert Ticket.objects.get(reference=filed.data["reference"]).severity == "P2", "a starred line"
    assert RoundTicket.objects.get().round == row
    shown = world.dan.client.get(f"inspections/{asked.data['id']}").data
    assert (shown["places"], shown["looked_at"], shown["to_report"], shown["percent"]) == (3, 1, 1, 33)
    assert [[place["code"] for place in share["never"]] for share in shown["shares"]] == [
        ["teaching-building"],
        ["gate"],
    ]
    visit(world.ben.client, Round.objects.get(unit=gate.owner, plan="INSPECT_ELEC"), gate)
    visit(world.carol.client, row, world.home.places["teaching-building"])
    say(world.carol.client, row, {"said": "to_report", "words": "One wire is bare."})
    listed = world.vera.client.get("inspections").data["items"][0]
    assert (listed["percent"], listed["to_report"], listed["reason"]) == (100, 1, REASON)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Inspection.objects.update(reason="Another one.")
    with pytest.raises(ProgrammingError), transaction.atomic():
        InspectionRound.objects.update(route=[])


def test_a_place_that_nobody_saw_is_missing_also_where_its_code_was_changed(live_world: World, gate: Place) -> None:
    world = live_world
    asked = ask(world).data["id"]
    told(world.now + timedelta(minutes=1))
    row = Round.objects.get(unit=world.home.units["facilities"], plan="INSPECT_ELEC")
    visit(world.ben.client, Round.objects.get(unit=gate.owner, plan="INSPECT_ELEC"), gate)
    visit(world.carol.client, row, world.home.places["stairwell"])
    Place.objects.filter(code="teaching-building").update(code="building-1")
    shown = world.dan.client.get(f"inspections/{asked}").data
    assert [(share["places"], share["looked_at"]) for share in shown["shares"]] == [(2, 1), (1, 1)]
    assert (shown["places"], shown["percent"]) == (3, 66)
    Place.objects.filter(code="gate").update(code="main-gate")
    assert world.dan.client.get(f"inspections/{asked}").data["looked_at"] == 2
    assert "1 of 2 places looked at" in browser_of(world.dan).get(f"/inspections/{asked}").content.decode()


def test_nobody_answering_climbs_and_who_knows_of_what(live_world: World, gate: Place) -> None:
    world = live_world
    asked = ask(world)
    again = ask(world, "vera", places=[str(gate.id)])
    assert [share["places"] for share in again.data["shares"]] == [1], "two on a day are two turns"
    told(world.now + timedelta(minutes=1))
    of_carol = world.carol.client.get("inspections").data["items"]
    assert [(one["id"], one["places"]) for one in of_carol] == [(asked.data["id"], 2)], "of one's own office alone"
    assert world.carol.client.get(f"inspections/{again.data['id']}").status_code == 404
    assert world.mallory.client.get(f"inspections/{asked.data['id']}").status_code == 404
    assert world.olga.client.get(f"inspections/{asked.data['id']}").data["places"] == 3
    heard = told(at(world, "18:01"))
    offices = [office["round"] for notice in heard["bob"] for office in notice.params["offices"]]
    assert len(offices) == 2, "whoever heads the office hears of both of its rounds"


def test_what_cannot_be_asked_for_and_by_whom(live_world: World, gate: Place) -> None:
    world = live_world
    theirs = str(world.elsewhere.places["stairwell"].id)
    refused = {
        "no_inspection": ask(world, plan="SWEEP"),
        "sweep_time": ask(world, due_at=(world.now + timedelta(days=61)).isoformat()),
        "places_unknown": ask(world, places=[str(gate.id), theirs]),
        "blank": ask(world, reason=" "),
    }
    assert {said.data["errors"][0]["code"] for said in refused.values()} == refused.keys()
    assert ask(world, "bob").data["code"] == "not_for_requesting"
    assert ask(world, "olga").status_code in {400, 403}
    assert not Round.objects.exists()


def test_more_places_cost_no_statement_more(live_world: World) -> None:
    world, facilities = live_world, live_world.home.units["facilities"]

    def statements(path: str | None) -> int:
        with CaptureQueriesContext(connection) as done:
            answer = world.dan.client.get(path) if path else ask(world)
        assert answer.status_code < 400, answer.data
        return len(done)

    first = ask(world).data["id"]
    few, shown = statements(None), statements(f"inspections/{first}")
    Place.objects.bulk_create(
        Place(school=world.school, owner=facilities, code=f"room-{n}", name_zh=f"{n}室", name_en=f"Room {n}")
        for n in range(130)
    )
    assert statements(None) == few
    longest = world.dan.client.get("inspections").data["items"][0]
    assert longest["places"] == 132
    assert statements(f"inspections/{longest['id']}") == shown, "three rounds of sixty places at most"


def test_on_the_pages_it_is_asked_for_and_read_by_office(live_world: World, gate: Place) -> None:
    world, dan = live_world, browser_of(live_world.dan)
    assert "Ask for an inspection" in dan.get("/inspections").content.decode()
    form = dan.get("/inspections/new").context["form"]
    sent = {"plan": "INSPECT_SITES", "due_at": form["due_at"].value(), "token": "the-same-form"}
    assert dan.post("/inspections/new", sent).status_code == 400, "no reason is given"
    first, second = (dan.post("/inspections/new", {**sent, "reason": REASON}) for _tap in range(2))
    row = Inspection.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == f"/inspections/{row.id}"
    told(world.now + timedelta(minutes=1))
    share = row.shares.get(round__unit=gate.owner).round
    ben = browser_of(world.ben)
    assert REASON in ben.get("/").content.decode()
    assert REASON in ben.get(f"/rounds/{share.id}").content.decode()
    ben.post(f"/rounds/{share.id}/places/{gate.id}", {"said": "all_well", "seen": "0"})
    say(world.ben.client, share, WELL)
    page = dan.get(f"/inspections/{row.id}").content.decode()
    assert "1 of 3 places looked at" in page
    assert page.count("Nobody has looked here yet") == 1
    assert "33%" in dan.get("/inspections").content.decode()
    assert "Ask for an inspection" not in ben.get("/inspections").content.decode()
    assert "Inspection of electricity" in dan.get("/rules/rounds").content.decode()
