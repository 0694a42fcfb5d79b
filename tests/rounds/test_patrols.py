"""Patrols and walks: each place of a route is ticked off in person, gaps show, and no route half walked is all well."""

from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command

from backend.organisation.models import Place
from backend.organisation.roles import Role
from backend.rounds.models import Round, RoundTicket, RoundVisit
from backend.rulebook.ruleset import Severity
from tests.roles import as_owner
from tests.rounds.conftest import at
from tests.rounds.test_answering import WELL, say
from tests.rounds.test_missing import told
from tests.rounds.test_round_pages import browser_of
from tests.rounds.test_turns import ROUTE, held, turn
from tests.world import Client, World, member_add

BAD = {"said": "to_report", "items": [{"item": "exits", "ok": False}]}


def visit(client: Client, row: Round, place: Any, body: dict[str, Any] = WELL, *, key: str | None = None) -> Any:
    """Say how it is at a place, which is chosen, or read by its code."""
    where = {"code": place} if isinstance(place, str) else {"place": str(place.id)}
    return client.post(f"rounds/{row.id}/visits", {**where, **body}, key=key)


@pytest.fixture
def patrol(live_world: World) -> Round:
    """The first patrol of tomorrow, which guards walk."""
    held(live_world, "PATROL")
    return turn(live_world, "07:30")


def test_all_well_is_said_of_a_route_once_every_place_was_looked_at(live_world: World, patrol: Round) -> None:
    ben, places = live_world.ben.client, live_world.home.places
    assert patrol.assignee == live_world.ben.person
    assert [row["id"] for row in ben.get("rounds", asked="me").data["items"]] == [str(patrol.id)]
    assert say(ben, patrol, WELL).data["errors"][0]["code"] == "places_not_visited"
    of_guards = visit(live_world.bob.client, patrol, places["stairwell"])
    assert (of_guards.data["code"], "heads" in of_guards.data["title"]) == ("not_asked", False), "Bob heads the office"
    assert visit(live_world.mallory.client, patrol, places["stairwell"]).status_code == 404
    first = visit(ben, patrol, places["stairwell"], key="stairwell-of-ben")
    assert first.json() == visit(ben, patrol, places["stairwell"], key="stairwell-of-ben").json()
    assert first.data["can"] == ["answer", "visit"]
    assert [len(stop["visits"]) for stop in first.data["route"]] == [1, 0]
    refused = {
        "one_value": ben.post(f"rounds/{patrol.id}/visits", WELL),
        "invalid": ben.post(f"rounds/{patrol.id}/visits", {**WELL, "place": 5}),
        "not_on_the_route": visit(ben, patrol, "no-such-code"),
        "unknown_item": visit(ben, patrol, places["stairwell"], {**BAD, "items": [{"item": "rats", "ok": False}]}),
        "not_all_well": visit(ben, patrol, places["stairwell"], {**BAD, **WELL}),
    }
    assert {said.data["errors"][0]["code"] for said in refused.values()} == refused.keys()
    for place in (places["teaching-building"], places["teaching-building"].token, places["teaching-building"]):
        scanned = visit(ben, patrol, place)
    read = [[one["is_scanned"] for one in stop["visits"]] for stop in scanned.data["route"]]
    assert read == [[False], [False, True]], "the code read later counts, and no word is said twice"
    done = say(ben, patrol, WELL)
    assert (done.data["state"], done.data["said"], done.data["can"]) == (
        "answered",
        "all_well",
        ["correct", "link_omission"],
    )
    assert visit(ben, patrol, places["stairwell"], BAD).data["code"] == "round_answered"
    call_command("rounds_audit", stdout=StringIO())


def test_no_route_whose_places_are_gone_is_all_well(live_world: World, patrol: Round) -> None:
    """Given other codes, its places fell off the route unsaid; with none left, one tap said that all was well."""
    ben, places = live_world.ben, live_world.home.places
    with as_owner():
        Place.objects.filter(id=places["stairwell"].id).update(code="stairwell-2")
    page = browser_of(ben).get(f"/rounds/{patrol.id}").content.decode()
    assert "places any more: stairwell." in page
    with as_owner():
        Place.objects.filter(id=places["teaching-building"].id).update(code="teaching-2")
    assert say(ben.client, patrol, WELL).data["errors"][0]["code"] == "route_gone"
    words = {"said": "to_report", "words": "The list of places was changed; I walked both floors."}
    assert say(ben.client, patrol, words).data["state"] == "answered"


def test_a_finding_is_reported_from_its_place_in_one_tap_and_a_place_left_out_takes_a_word(
    live_world: World, patrol: Round
) -> None:
    ben, stairwell = live_world.ben.client, live_world.home.places["stairwell"]
    pages, token = browser_of(live_world.ben), str(uuid4())
    page = pages.get(f"/rounds/{patrol.id}").content.decode()
    assert page.count("All well here") == len(ROUTE)
    address = f"/rounds/{patrol.id}/places/{stairwell.id}"
    assert "Exit signs and emergency lights work" in pages.get(address).content.decode()
    assert pages.post(address, {"said": "all_well", "item-exits": "no"}).status_code == 400
    kept = {"said": "to_report", "item-exits": "no", "words": "课桌堵住了门", "token": token}
    for _time in range(2):
        arrived = pages.post(address, kept, headers={"accept": "application/json"})
        assert arrived.json() == {"address": f"/rounds/{patrol.id}#found"}
    tapped = {"said": "all_well", "token": str(uuid4()), "seen": "0"}
    late = pages.post(address, tapped, headers={"accept": "application/json"})
    assert (late.status_code, "said of this place meanwhile" in late.json()["errors"][0]) == (409, True)
    assert pages.get(f"/rounds/{patrol.id}").content.decode().count('name="seen"') == len(ROUTE), "one is the round's"
    (noted,) = RoundVisit.objects.all()
    code = f"{patrol.id}.exits.{noted.id}"
    assert f"/report?found={code}" in pages.get(f"/rounds/{patrol.id}").content.decode()
    form = pages.get("/report", {"found": code}).context["form"]
    assert (form.initial["place"], form.initial["category"]) == (str(stairwell.id), "F02")

    body = {name: value for name, value in live_world.report_body().items() if name != "category"}
    finding = {**body, "line": "exits", "visit": str(noted.id)}
    filed = ben.post(f"rounds/{patrol.id}/findings", finding)
    assert (filed.status_code, filed.data["category"]) == (201, "F02"), filed.data
    (link,) = RoundTicket.objects.all()
    assert (link.visit, link.line, link.ticket.severity) == (noted, "exits", Severity.P2)
    assert filed.data["reference"] in pages.get(f"/rounds/{patrol.id}").content.decode()
    assert say(ben, patrol, WELL).data["errors"][0]["code"] == "places_not_visited"
    left_out = say(ben, patrol, {"said": "to_report", "words": "教学楼今天封闭施工。"})
    assert left_out.status_code == 200, left_out.data
    call_command("rounds_audit", stdout=StringIO())


def test_whoever_reads_the_code_on_the_wall_ticks_the_place_off_at_once(live_world: World, patrol: Round) -> None:
    stairwell = live_world.home.places["stairwell"]
    pages = browser_of(live_world.ben)
    turn(live_world, "09:30")
    page = pages.get("/report", {"place": stairwell.token}).content.decode()
    assert page.count("You are on this round") == 1, "the turn of now is ticked off"
    assert "Patrol 09:30" in page
    assert (
        "You are on this round"
        not in browser_of(live_world.bob).get("/report", {"place": stairwell.token}).content.decode()
    )
    assert 'name="seen" value="0"' in page
    sent, address = {"said": "all_well", "code": stairwell.token}, f"/rounds/{patrol.id}/places/{stairwell.id}"
    assert pages.post(address, {**sent, "seen": "0"}).status_code == 302
    assert RoundVisit.objects.get().is_scanned
    visit(live_world.ben.client, patrol, stairwell, BAD)
    kept = pages.post(address, {**sent, "seen": "1", "token": str(uuid4())}, headers={"accept": "application/json"})
    assert kept.status_code == 409, "what waited on a telephone goes over no finding"
    assert 'name="seen" value="2"' in pages.get(address, {"code": stairwell.token}).content.decode()
    assert pages.post(address, {**sent, "seen": "2"}).status_code == 302, "read, it may be said"
    assert "code read" in pages.get(f"/rounds/{patrol.id}").content.decode()
    assert pages.get(f"/rounds/{patrol.id}/places/{uuid4()}").status_code == 404


def test_gaps_show_by_place_and_turn(live_world: World, patrol: Round) -> None:
    visit(live_world.ben.client, patrol, live_world.home.places["stairwell"])
    turn(live_world, "09:30")
    told(at(live_world, "10:30"))
    day = f"{patrol.day:%F}"
    (route,) = live_world.dan.client.get("rounds/places", day=day).data
    assert [one["turn"] for one in route["turns"]] == [0, 1]
    gaps = {line["place"]["code"]: [mark["is_gap"] for mark in line["marks"]] for line in route["places"]}
    assert gaps == {"stairwell": [False, False], "teaching-building": [True, False]}
    assert (route["gaps"], route["office"]["code"]) == (1, "security")
    Round.objects.filter(id=patrol.id).update(
        opens_at=live_world.now - timedelta(hours=2), due_at=live_world.now - timedelta(hours=1), late_at=live_world.now
    )
    visit(live_world.ben.client, patrol, live_world.home.places["teaching-building"])
    (late,) = live_world.dan.client.get("rounds/places", day=day).data
    assert [line["marks"][0]["is_late"] for line in late["places"]] == [True, True]
    assert live_world.mallory.client.get("rounds/places", day=day).data == []
    page = browser_of(live_world.dan).get("/rounds/places", {"day": day}).content.decode()
    assert page.count('class="gap"') == 2
    board = browser_of(live_world.dan).get("/rounds", {"day": day}).content.decode()
    assert f"/rounds/places?day={day}" in board


def test_the_leaders_walk_is_asked_of_whoever_leads_on_the_day(live_world: World) -> None:
    dora = member_add(live_world, "dora", [(Role.DUTY_LEADER, None, False)], site=live_world.home)
    held(live_world, "LEADERS_WALK")
    row = turn(live_world, "08:00")
    assert (row.assignee, row.unit) == (dora.person, None)
    home = browser_of(dora).get("/").content.decode()
    assert "Go along the route" in home
    for place in live_world.home.places.values():
        assert visit(dora.client, row, place).status_code == 200
    assert say(dora.client, row, WELL).data["said"] == "all_well"
    assert dora.client.get("rounds/places", day=f"{row.day:%F}").data[0]["office"] is None
