"""Resolving takes the control used against a hazard, and the proof that the category asks for."""

from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest

from backend.rulebook.services import rulebook_activate, rulebook_load
from backend.workflow.models import TicketFix
from backend.workflow.states import State
from tests.files.sending import announcement, picture, put, send
from tests.workflow.steps import file_ticket, ticket_in
from tests.world import World, rulebook_content

pytestmark = pytest.mark.usefixtures("store")
EVIDENCE = {"purpose": "evidence"}


def asking(world: World, *proof: str) -> None:
    """Have the rulebook of the school ask for proof of a free exit."""
    content = deepcopy(rulebook_content())
    next(row for row in content["categories"] if row["code"] == "F02")["proof"] = list(proof)
    version, _new = rulebook_load(content=content, now=world.now)
    rulebook_activate(school=world.school, version=version, now=world.now)


def test_whoever_resolves_a_hazard_says_how_the_danger_was_dealt_with(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    refused = world.bob.client.act(ticket_id, "resolve", note="Cleared.", control=None)
    assert (refused.status_code, refused.data["code"], refused.data["errors"][0]["pointer"]) == (
        *(400, "required"),
        "/control",
    )
    assert world.bob.client.act(ticket_id, "resolve", note="Cleared.", control="magic").status_code == 400
    done = world.bob.client.act(ticket_id, "resolve", note="Cleared.", control="eliminated").data
    assert (done["fix"]["control"], done["fix"]["measured"], done["proof"]) == ("eliminated", None, [])
    (said,) = (row["details"] for row in timeline(world, ticket_id) if row["kind"] == "resolve")
    assert said == {"note": "Cleared.", "control": "eliminated"}
    for who, action in (("cleo", "reject-fix"), ("bob", "resolve"), ("cleo", "verify"), ("alice", "reopen")):
        assert world.members[who].client.act(ticket_id, action, note="See.").status_code == 200
    assert world.bob.client.get(f"tickets/{ticket_id}").data["fix"] is None
    assert [fix.undone_at is not None for fix in TicketFix.objects.filter(ticket=ticket_id)] == [True, True]


def test_of_what_is_no_hazard_no_control_is_asked(world: World) -> None:
    ticket_id = file_ticket(world, category="N03", routed=True)
    for action in ("acknowledge", "start"):
        world.bob.client.act(ticket_id, action, note="Seen.")
    done = world.bob.client.act(ticket_id, "resolve", note="Talked it over.", control=None)
    assert (done.status_code, done.data["fix"]["control"]) == (200, "")


def test_without_the_photo_that_is_asked_for_nothing_is_resolved(world: World) -> None:
    asking(world, "photo")
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    assert world.bob.client.get(f"tickets/{ticket_id}").data["proof"] == ["photo"]
    before = picture(size=(30, 20))
    send(world.alice.client, f"tickets/{ticket_id}", before, purpose="report")
    send(world.bob.client, f"tickets/{ticket_id}", "清单".encode(), "list.txt", **EVIDENCE)
    refused = world.bob.client.act(ticket_id, "resolve", note="Cleared.")
    assert (refused.status_code, refused.data["code"], refused.data["errors"][0]["pointer"]) == (
        *(400, "proof_missing"),
        "/photo",
    )
    became = send(world.bob.client, f"tickets/{ticket_id}", picture(), **EVIDENCE)
    assert world.bob.client.act(ticket_id, "resolve", note="Cleared.").status_code == 200
    world.cleo.client.act(ticket_id, "reject-fix", note="Blocked again.")
    refused = world.bob.client.act(ticket_id, "resolve", note="Cleared.")
    assert refused.data["code"] == "proof_missing", "the photo of a fix that was none proves nothing"
    send(world.bob.client, f"tickets/{ticket_id}", picture(size=(50, 40)), **EVIDENCE)
    assert world.bob.client.act(ticket_id, "resolve", note="Cleared.").status_code == 200
    assert world.cleo.client.act(ticket_id, "verify", note="Walked through.").status_code == 200
    assert became["state"] == "ready"


def test_a_photo_that_comes_with_the_step_counts_and_closing_waits_for_it(world: World) -> None:
    asking(world, "photo")
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    content = b"\xff\xd8\xff\xe0 not a picture"
    begun = world.bob.client.post(f"tickets/{ticket_id}/files", announcement(content, **EVIDENCE)).data
    assert world.bob.client.act(ticket_id, "resolve", note="Cleared.").status_code == 400, "it is not here whole"
    put(world.bob.client, begun["id"], 0, content)
    world.bob.client.post(f"files/{begun['id']}/complete")
    assert world.bob.client.act(ticket_id, "resolve", note="Cleared.").status_code == 200
    assert world.cleo.client.act(ticket_id, "verify", note="Free.").data["code"] == "proof_missing"
    send(world.cleo.client, f"tickets/{ticket_id}", picture(), **EVIDENCE)
    assert world.cleo.client.act(ticket_id, "verify", note="Free.").status_code == 200


def test_a_measurement_is_a_number_with_a_unit(world: World) -> None:
    asking(world, "measurement")
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    refusals: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "/measured"),
        ({"measured": "0"}, "/unit"),
        ({"measured": "many", "unit": "lx"}, "/measured"),
        ({"measured": "1.5", "unit": "furlong"}, "/unit"),
    )
    for given, pointer in refusals:
        refused = world.bob.client.act(ticket_id, "resolve", note="Cleared.", **given)
        assert (refused.status_code, refused.data["errors"][0]["pointer"]) == (400, pointer)
    done = world.bob.client.act(ticket_id, "resolve", note="Cleared.", measured="0", unit="mA")
    assert (done.status_code, done.data["fix"]["measured"], done.data["fix"]["unit"]) == (200, "0.0000", "mA")


def timeline(world: World, ticket_id: UUID) -> list[dict[str, Any]]:
    """Return the events as the coordinator reads them."""
    rows: list[dict[str, Any]] = world.cleo.client.get(f"tickets/{ticket_id}/timeline").data
    return rows
