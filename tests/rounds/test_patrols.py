"""Patrols and walks: each place of a route is ticked off in person, gaps show, and no route half walked is all well."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from backend.organisation.roles import Role
from backend.rounds.models import Round
from tests.rounds.test_answering import WELL, say
from tests.rounds.test_turns import held, turn
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
    assert visit(live_world.bob.client, patrol, places["stairwell"]).data["code"] == "not_asked"
    assert visit(live_world.mallory.client, patrol, places["stairwell"]).status_code == 404
    first = visit(ben, patrol, places["stairwell"], key="stairwell-of-ben")
    assert first.json() == visit(ben, patrol, places["stairwell"], key="stairwell-of-ben").json()
    assert first.data["can"] == ["answer", "visit"]
    assert [len(stop["visits"]) for stop in first.data["route"]] == [1, 0]
    refused = {
        "one_value": ben.post(f"rounds/{patrol.id}/visits", WELL),
        "not_on_the_route": visit(ben, patrol, "no-such-code"),
        "unknown_item": visit(ben, patrol, places["stairwell"], {**BAD, "items": [{"item": "rats", "ok": False}]}),
        "not_all_well": visit(ben, patrol, places["stairwell"], {**BAD, **WELL}),
    }
    assert {said.data["errors"][0]["code"] for said in refused.values()} == refused.keys()
    scanned = visit(ben, patrol, places["teaching-building"].token)
    assert [one["is_scanned"] for stop in scanned.data["route"] for one in stop["visits"]] == [False, True]
    done = say(ben, patrol, WELL)
    assert (done.data["state"], done.data["said"], done.data["can"]) == (
        "answered",
        "all_well",
        ["correct", "link_omission"],
    )
    assert visit(ben, patrol, places["stairwell"], BAD).data["code"] == "round_answered"
    call_command("rounds_audit", stdout=StringIO())


def test_the_leaders_walk_is_asked_of_whoever_leads_on_the_day(live_world: World) -> None:
    dora = member_add(live_world, "dora", [(Role.DUTY_LEADER, None, False)], site=live_world.home)
    held(live_world, "LEADERS_WALK")
    row = turn(live_world, "08:00")
    assert (row.assignee, row.unit) == (dora.person, None)
    for place in live_world.home.places.values():
        assert visit(dora.client, row, place).status_code == 200
    assert say(dora.client, row, WELL).data["said"] == "all_well"
    assert dora.client.get("rounds/places", day=f"{row.day:%F}").data[0]["office"] is None
