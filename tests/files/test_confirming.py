"""The reporter confirms in one tap, and whoever brought the proof of a fix does not check it."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from backend.workflow.errors import ReopeningTooLate
from backend.workflow.facts import REOPENING_TIME
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.files.sending import announcement, picture, put, send, work
from tests.workflow.steps import act_at, file_ticket, ticket_in
from tests.world import World


def test_while_nobody_has_checked_it_the_reporters_word_is_the_check(world: World) -> None:
    ticket_id = ticket_in(world, State.RESOLVED)
    assert "confirm" in world.alice.client.get(f"tickets/{ticket_id}").data["available_actions"]
    assert world.cleo.client.act(ticket_id, "confirm").data["code"] == "action_not_allowed"
    closed = world.alice.client.act(ticket_id, "confirm").data
    assert (closed["state"], bool(closed["closed_at"]), bool(closed["confirmed_at"]), closed["clocks"]) == (
        *("closed", True, True),
        [],
    )
    again = world.alice.client.act(ticket_id, "confirm")
    assert (again.status_code, again.data["code"]) == (409, "action_unavailable")
    reopened = world.alice.client.act(ticket_id, "reopen", note="It is blocked again.").data
    assert reopened["confirmed_at"] is None


def test_after_it_was_closed_the_reporter_confirms_for_seven_days(world: World) -> None:
    ticket_id = ticket_in(world, State.CLOSED)
    closed_at = Ticket.objects.get(id=ticket_id).closed_at
    assert closed_at is not None
    with pytest.raises(ReopeningTooLate):
        act_at(world.alice, ticket_id, "confirm", closed_at + REOPENING_TIME + timedelta(seconds=1))
    act_at(world.alice, ticket_id, "confirm", closed_at + REOPENING_TIME)
    ticket = Ticket.objects.get(id=ticket_id)
    assert (ticket.state, ticket.closed_at, ticket.confirmed_at) == ("closed", closed_at, closed_at + REOPENING_TIME)


def test_a_reporter_who_worked_on_it_confirms_nothing(world: World) -> None:
    ticket_id = ticket_in(world, State.CLOSED, by="bob")
    assert world.bob.client.act(ticket_id, "confirm").data["code"] == "fixer_cannot_verify"


@pytest.mark.usefixtures("store")
def test_whoever_brought_the_proof_does_not_check_it_one_by_one_or_in_bulk(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    send(world.cleo.client, f"tickets/{ticket_id}", picture(), purpose="evidence")
    for action in ("acknowledge", "record-interim-control", "start", "resolve"):
        assert world.bob.client.act(ticket_id, action, note="Done.").status_code == 200
    version = Ticket.objects.get(id=ticket_id).version
    assert world.cleo.client.act(ticket_id, "verify", note="Seen.").data["code"] == "fixer_cannot_verify"
    items = [{"ticket": str(ticket_id), "version": version}]
    for who in ("cleo", "bob"):
        answer = world.members[who].client.post("tickets/bulk", {"action": "verify", "items": items, "note": "Seen."})
        assert answer.data["items"][0]["status"] == 403
    send(world.dan.client, f"tickets/{ticket_id}", picture(size=(40, 30)), purpose="evidence")
    assert world.dan.client.act(ticket_id, "verify", note="Seen.").status_code == 200


@pytest.mark.usefixtures("store")
def test_whose_proof_was_on_its_way_when_it_was_resolved_does_not_check_it(world: World) -> None:
    """It came to the ticket only once that was resolved, and did not count as work."""
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    for member in (world.cleo, world.vera):
        content = picture(size=(40, 30)) if member is world.cleo else picture()
        begun = member.client.post(f"tickets/{ticket_id}/files", announcement(content, purpose="evidence")).data
        assert put(member.client, begun["id"], 0, content).status_code == 204
        assert member.client.post(f"files/{begun['id']}/complete").status_code == 202
        if member is world.cleo:
            assert world.bob.client.act(ticket_id, "resolve", note="Done.").status_code == 200
    work()
    assert world.cleo.client.act(ticket_id, "verify", note="Seen.").data["code"] == "fixer_cannot_verify"
    assert world.vera.client.act(ticket_id, "verify", note="Seen.").status_code == 200
    call_command("tickets_audit")
