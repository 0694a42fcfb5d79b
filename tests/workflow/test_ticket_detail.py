"""One ticket in full: its clocks, what they fired, reports to authorities, and an open proposal to decline it."""

import json
from typing import Any
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.dateparse import parse_datetime

from backend.workflow.models import Ticket
from tests.browser import SignIn
from tests.workflow.steps import DAY, HOUR, STRICT, file_ticket, fire_after
from tests.world import Member, World

MOST_STATEMENTS = 12


def seen(member: Member, ticket_id: UUID) -> dict[str, Any]:
    """Return a ticket as a member's client reads it."""
    answer = member.client.get(f"tickets/{ticket_id}")
    assert answer.status_code == 200
    body: dict[str, Any] = json.loads(answer.content)
    return body


def test_what_its_clocks_fired(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    assert seen(world.bob, ticket_id)["escalations"] == []
    fire_after(ticket_id, 2 * HOUR)
    fired = seen(world.bob, ticket_id)["escalations"]
    assert [(row["clock"], row["rung"]) for row in fired][:1] == [("acknowledge", 1)]
    for row in fired:
        due_at, fired_at = parse_datetime(row["due_at"]), parse_datetime(row["fired_at"])
        assert due_at is not None
        assert fired_at is not None
        assert due_at <= fired_at


def test_an_open_proposal_to_decline_it(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    assert seen(world.bob, ticket_id)["decline"] is None
    assert world.bob.client.act(ticket_id, "propose-decline", note="No danger there.").status_code == 200
    decline = seen(world.cleo, ticket_id)["decline"]
    assert decline["proposed_by"] == {"id": str(world.bob.person.id), "name": "Bob"}
    assert decline["reason"] == "No danger there."
    assert world.cleo.client.act(ticket_id, "refuse-decline", note="There is.").status_code == 200
    assert seen(world.bob, ticket_id)["decline"] is None


def test_a_hidden_reporter_is_named_in_work_and_nowhere_else(world: World, signed_in: SignIn) -> None:
    """Work without a name, done by whoever it is assigned to, told who reported it."""
    ticket_id = file_ticket(world, by="bob", routed=True, reporter_mode="confidential")
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    assert world.bob.client.act(ticket_id, "comment", note="It was like this.").status_code == 200
    assert seen(world.cleo, ticket_id)["assignee"]["name"] == "Bob"
    events = world.cleo.client.get(f"tickets/{ticket_id}/timeline").data
    actors = {event["kind"]: event["actor"] for event in events}
    bob = str(world.bob.person.id)
    assert actors == {"opened": None, "route": None, "acknowledge": bob, "comment": None}
    page = signed_in(world.cleo).get(f"/tickets/{ticket_id}").content.decode()
    assert "Bob acknowledged it" in page
    assert "The reporter acknowledged it" not in page


def test_a_sealed_ticket_says_who_proposes_to_decline_it_and_never_who_reported_it(
    world: World, signed_in: SignIn
) -> None:
    """Only the lead and the principal can propose it, so that a proposer without a name told who reported it."""
    ticket_id = file_ticket(world, by="erin", category=STRICT, routed=True)
    assert world.erin.client.act(ticket_id, "propose-decline", note="It was a game.").status_code == 200
    page = seen(world.dan, ticket_id)
    assert (page["reporter"], page["decline"]["proposed_by"]["name"]) == (None, "Erin")
    assert page["decline"]["reason"] == "It was a game."
    assert "Erin proposes to decline this." in signed_in(world.dan).get(f"/tickets/{ticket_id}").content.decode()


def test_correcting_it_shows_and_a_wrong_field_is_named(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    building = world.home.places["teaching-building"]
    corrected = world.bob.client.act(
        ticket_id, "reclassify", note="It was the whole building.", severity="P1", place=str(building.id)
    )
    assert corrected.status_code == 200, corrected.data
    assert (corrected.data["severity"], corrected.data["place"]["id"]) == ("P1", str(building.id))
    wrong: tuple[tuple[str, Any, str], ...] = (
        ("severity", "P9", "invalid_choice"),
        ("confidentiality", "K9", "invalid_choice"),
        ("category", "Z99", "unknown_category"),
        ("place", str(world.elsewhere.places["stairwell"].id), "unknown_place"),
        ("place", "stairs", "invalid"),
    )
    for field, value, code in wrong:
        refused = world.bob.client.act(ticket_id, "reclassify", note="Wrong.", **{field: value})
        assert (refused.status_code, refused.data["errors"][0]["code"]) == (400, code)
        assert refused.data["errors"][0]["pointer"] == f"/{field}"


def test_reports_to_authorities_come_from_the_rules_it_pins(world: World) -> None:
    found = {code: seen(world.dan, file_ticket(world, category=code))["outside_clocks"] for code in ("F01", STRICT)}
    for clock in [clock for clocks in found.values() for clock in clocks]:
        assert all(clock[name] for name in ("key", "trigger", "to", "deadline", "source", "mark", "checked_on"))


def test_its_links_lead_to_what_they_name(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    for address in seen(world.bob, ticket_id)["links"].values():
        assert world.bob.client.http.get(address).status_code == 200
        assert world.carol.client.http.get(address).status_code == 404


def test_it_costs_the_same_after_many_escalations(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    costs = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as captured:
            world.dan.client.get(f"tickets/{ticket_id}")
        costs.append(len(captured))
        fire_after(ticket_id, 2 * DAY)
    assert Ticket.objects.get(id=ticket_id).level > 1
    assert costs[0] == costs[1] <= MOST_STATEMENTS
