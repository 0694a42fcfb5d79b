"""Whoever worked on a ticket never checks it, whatever else they are."""

from typing import Any

import pytest
from django.core.management import call_command

from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.workflow.steps import URGENT, file_ticket, ticket_in
from tests.world import World

DONE: dict[str, Any] = {"note": "Done."}


def test_a_reporter_who_worked_on_it_does_not_confirm_what_a_colleague_resolved(world: World) -> None:
    """Ben filed it, took it on and reported progress; Bob only says that it is solved."""
    ticket_id = file_ticket(world, by="ben", routed=True)
    for name, action in (
        ("ben", "acknowledge"),
        ("ben", "progress"),
        ("bob", "record-interim-control"),
        ("bob", "start"),
        ("bob", "resolve"),
    ):
        assert world.members[name].client.act(ticket_id, action, **DONE).status_code == 200
    for action in ("verify", "reject-fix"):
        refused = world.ben.client.act(ticket_id, action, **DONE)
        assert (refused.status_code, refused.data["code"]) == (403, "fixer_cannot_verify")
    offered = {name: world.members[name].client.get(f"tickets/{ticket_id}").data for name in ("ben", "cleo")}
    assert "verify" not in offered["ben"]["available_actions"]
    assert "verify" in offered["cleo"]["available_actions"]
    assert world.cleo.client.act(ticket_id, "verify", **DONE).data["state"] == "closed"


@pytest.mark.parametrize("action", ["record-interim-control", "progress", "contain"])
def test_a_coordinator_who_lent_a_hand_leaves_the_check_to_somebody_else(world: World, action: str) -> None:
    ticket_id = file_ticket(world, category=URGENT, routed=True)
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    assert world.cleo.client.act(ticket_id, action, **DONE).status_code == 200
    for step in ("start", "resolve"):
        assert world.bob.client.act(ticket_id, step, **DONE).status_code == 200
    assert world.cleo.client.act(ticket_id, "verify", **DONE).data["code"] == "fixer_cannot_verify"
    assert world.vera.client.act(ticket_id, "verify", **DONE).data["state"] == "closed"


def test_whoever_only_acknowledged_in_passing_may_check_and_so_may_whoever_sent_it_back(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    assert world.cleo.client.act(ticket_id, "acknowledge").data["assignee"] is None
    for action in ("record-interim-control", "start", "resolve"):
        assert world.bob.client.act(ticket_id, action, **DONE).status_code == 200
    assert world.cleo.client.act(ticket_id, "reject-fix", **DONE).status_code == 200
    assert world.ben.client.act(ticket_id, "resolve", **DONE).status_code == 200
    assert Ticket.objects.get(id=ticket_id).workers == [world.bob.person.id, world.ben.person.id]
    assert world.cleo.client.act(ticket_id, "verify", **DONE).data["state"] == "closed"


def test_whoever_only_let_it_wait_may_check_what_others_did(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    for name, action, words in (
        ("bob", "acknowledge", {}),
        ("bob", "record-interim-control", DONE),
        ("bob", "start", {}),
        ("cleo", "wait", {**DONE, "waiting_for": "Ming Lifts"}),
        ("cleo", "resume", {}),
        ("bob", "resolve", DONE),
        ("cleo", "verify", DONE),
    ):
        assert world.members[name].client.act(ticket_id, action, **words).status_code == 200, action


def test_what_was_fixed_on_the_spot_is_recorded_and_checked_by_somebody_else(world: World) -> None:
    fixed = {who: file_ticket(world, routed=True) for who in ("bob", "alice")}
    for who, ticket_id in fixed.items():
        member = world.members[who]
        assert member.client.act(ticket_id, "fix-at-once", note="").status_code == 400
        done = member.client.act(ticket_id, "fix-at-once", note="Moved the desks.", control="eliminated")
        assert (done.status_code, done.data["state"], done.data["fix"]["control"]) == (200, "resolved", "eliminated")
        assert [row["clock"] for row in done.data["clocks"]] == ["verify"]
        assert member.client.act(ticket_id, "verify", **DONE).status_code == 403
        assert world.cleo.client.act(ticket_id, "verify", **DONE).data["state"] == "closed"
    assert world.alice.client.act(fixed["alice"], "confirm").data["code"] == "fixer_cannot_verify"
    fire = file_ticket(world, category=URGENT, routed=True)
    assert world.bob.client.act(fire, "fix-at-once", note="Put out.").status_code == 409
    call_command("tickets_audit")


def test_reopening_forgets_nobodys_work(world: World) -> None:
    ticket_id = ticket_in(world, State.CLOSED, by="bob")
    assert world.cleo.client.act(ticket_id, "reopen", **DONE).status_code == 200
    assert world.ben.client.act(ticket_id, "resolve", **DONE).status_code == 200
    assert world.bob.client.act(ticket_id, "verify", **DONE).data["code"] == "fixer_cannot_verify"


def test_whose_work_goes_on_in_another_ticket_does_not_check_that_one(world: World) -> None:
    """Cleo made the place safe and merged it, so that her work was hers to verify; or was over in a closed ticket."""
    closed = ticket_in(world, State.CLOSED)
    target, ticket_id = (file_ticket(world, routed=True) for _report in range(2))
    for name, action in (("ben", "acknowledge"), ("ben", "progress"), ("cleo", "record-interim-control")):
        assert world.members[name].client.act(ticket_id, action, **DONE).status_code == 200
    refused = world.cleo.client.act(ticket_id, "merge", into=str(closed), although_closed=True)
    assert (refused.status_code, refused.data["code"]) == (403, "fixer_cannot_verify")
    assert world.ben.client.act(target, "acknowledge").status_code == 200
    assert world.ben.client.act(target, "progress", **DONE).status_code == 200
    assert world.cleo.client.act(ticket_id, "merge", into=str(target)).status_code == 200
    for action in ("record-interim-control", "start", "resolve"):
        assert world.bob.client.act(target, action, **DONE).status_code == 200
    names = ("ben", "cleo", "bob")
    assert Ticket.objects.get(id=target).workers == [world.members[name].person.id for name in names]
    assert world.cleo.client.act(target, "verify", **DONE).data["code"] == "fixer_cannot_verify"
    assert world.vera.client.act(target, "verify", **DONE).data["state"] == "closed"
    call_command("tickets_audit")
