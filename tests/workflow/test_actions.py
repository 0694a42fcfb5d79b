"""The needs and effects of each action, and the refusals when something is missing or has changed meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from backend.workflow.errors import ReopeningTooLate
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.workflow.steps import CLOSER, DAY, URGENT, act_at, file_ticket, ticket_in
from tests.world import World, version_of


@pytest.mark.parametrize(
    ("state", "who", "action", "pointer"),
    [
        (State.ROUTED, "bob", "assign", "/assignee"),
        (State.ROUTED, "bob", "record-interim-control", "/note"),
        (State.IN_PROGRESS, "bob", "resolve", "/note"),
        (State.RESOLVED, "cleo", "verify", "/note"),
        (State.RESOLVED, "cleo", "reject-fix", "/note"),
        (State.CLOSED, "alice", "reopen", "/note"),
        (State.ROUTED, "alice", "comment", "/note"),
    ],
)
def test_an_action_without_its_evidence_changes_nothing(
    world: World, state: State, who: str, action: str, pointer: str
) -> None:
    ticket_id = ticket_in(world, state)
    before = Ticket.objects.values().get(id=ticket_id)
    bodies: tuple[dict[str, Any], ...] = ({}, {"note": "  \n "})
    for body in bodies:
        refused = world.members[who].client.act(ticket_id, action, **body)
        assert refused.status_code == 400
        assert [(error["pointer"], error["code"]) for error in refused.data["errors"]] == [(pointer, "required")]
    assert Ticket.objects.values().get(id=ticket_id) == before


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"note": "a", "urgent": True}, "/urgent", "unknown_field"),
        ({"note": ["a"]}, "/note", "invalid"),
        ({"note": "a\x00b"}, "/note", "control_characters"),
        ({"note": "长" * 4001}, "/note", "max_length"),
        ({"note": "a", "assignee": "nobody"}, "/assignee", "unknown_field"),
    ],
)
def test_a_malformed_action_is_refused_with_a_pointer(
    world: World, body: dict[str, Any], pointer: str, code: str
) -> None:
    ticket_id = file_ticket(world, routed=True)
    refused = world.bob.client.act(ticket_id, "comment", **body)
    assert refused.status_code == 400
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in refused.data["errors"]]


@pytest.mark.parametrize(("category", "needed"), [("F02", True), ("B02", False), (URGENT, False)])
def test_an_important_hazard_is_made_safe_before_work_starts(world: World, category: str, needed: bool) -> None:
    ticket_id = file_ticket(world, category=category, routed=True)
    head = world.carol if category == "B02" else world.bob
    head.client.act(ticket_id, "acknowledge")
    started = head.client.act(ticket_id, "start")
    assert started.status_code == (409 if needed else 200)
    if needed:
        assert started.data["code"] == "interim_control_missing"
        head.client.act(ticket_id, "record-interim-control", note="Closed off with tape.")
        assert head.client.act(ticket_id, "start").data["state"] == "in_progress"


def test_a_ticket_is_assigned_within_the_office_that_owns_it(world: World) -> None:
    concerned = str(world.ben.person.id)
    ticket_id = file_ticket(world, routed=True)
    for stranger in (world.carol, world.mallory, world.olga):
        refused = world.bob.client.act(ticket_id, "assign", assignee=str(stranger.person.id))
        assert (refused.status_code, refused.data["code"]) == (400, "assignee_outside_office")
    taken = world.bob.client.act(ticket_id, "assign", assignee=concerned)
    assert taken.data["assignee"]["id"] == concerned
    other = file_ticket(world, routed=True, persons_concerned=[concerned])
    assert world.bob.client.act(other, "assign", assignee=concerned).data["code"] == "assignee_outside_office"


def test_whoever_is_assigned_sees_it_in_their_own_name(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    world.ben.client.act(ticket_id, "acknowledge")
    assert Ticket.objects.get(id=ticket_id).assignee == world.ben.person
    world.bob.client.act(ticket_id, "assign", assignee=str(world.bob.person.id))
    assert Ticket.objects.get(id=ticket_id).assignee == world.bob.person


def test_the_coordinator_who_acknowledges_does_not_take_the_work_from_the_office(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    assert world.cleo.client.act(ticket_id, "acknowledge").data["assignee"] is None


def test_the_fixer_never_verifies_whatever_else_they_are(world: World) -> None:
    ticket_id = ticket_in(world, State.RESOLVED, by="bob")
    for action in ("verify", "reject-fix"):
        refused = world.bob.client.act(ticket_id, action, note="Trust me.")
        assert (refused.status_code, refused.data["code"]) == (403, "fixer_cannot_verify")
    assert world.ben.client.act(ticket_id, "verify", note="Fine.").data["code"] == "action_not_allowed"
    assert world.cleo.client.act(ticket_id, "verify", note="Seen.").data["state"] == "closed"


def test_the_reporter_may_confirm_the_fix(world: World) -> None:
    ticket_id = ticket_in(world, State.RESOLVED)
    assert world.alice.client.act(ticket_id, "verify", note="It is free again.").data["state"] == "closed"


def test_a_rejected_fix_goes_back_to_work_and_may_be_fixed_again(world: World) -> None:
    ticket_id = ticket_in(world, State.RESOLVED)
    back = world.alice.client.act(ticket_id, "reject-fix", note="The desks are back.")
    assert (back.data["state"], back.data["resolved_at"]) == ("in_progress", None)
    assert [clock["clock"] for clock in back.data["clocks"]] == ["progress", "silence", "resolve", "result"]
    assert world.ben.client.act(ticket_id, "resolve", note="Bolted.").data["state"] == "resolved"
    assert world.ben.person.id in Ticket.objects.get(id=ticket_id).workers


@pytest.mark.parametrize("who", ["alice", "cleo", "dan"])
def test_a_closed_ticket_is_reopened_within_seven_days(world: World, who: str) -> None:
    ticket_id = ticket_in(world, State.CLOSED)
    closed_at = Ticket.objects.get(id=ticket_id).closed_at
    assert closed_at is not None
    with pytest.raises(ReopeningTooLate):
        act_at(world.members[who], ticket_id, "reopen", closed_at + 7 * DAY + timedelta(microseconds=1))
    reopened = act_at(world.members[who], ticket_id, "reopen", closed_at + 7 * DAY)
    assert (reopened.state, reopened.closed_at, reopened.resolved_at) == (State.IN_PROGRESS, None, None)
    assert reopened.next_due_at == closed_at + 8 * DAY


def test_a_comment_neither_moves_nor_counts_as_acting(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    before = world.bob.client.get(f"tickets/{ticket_id}").data
    commented = world.alice.client.act(ticket_id, "comment", note="还有两张桌子。")
    assert commented.status_code == 200
    after = world.bob.client.get(f"tickets/{ticket_id}").data
    assert {**after, "updated_at": None} == {**before, "updated_at": None}
    assert world.dan.client.get(f"tickets/{ticket_id}/timeline").data[-1]["details"] == {"note": "还有两张桌子。"}


def test_a_change_names_the_version_it_is_about(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    path, body = f"tickets/{ticket_id}/actions/record-interim-control", {"note": "Closed off."}
    seen = world.bob.client.get(f"tickets/{ticket_id}").headers["ETag"]
    assert world.bob.client.post(path, body).data["code"] == "precondition_required"
    assert world.bob.client.post(path, body).status_code == 428
    for stale in ('"v1"', "v2", '"v1", "v3"'):
        refused = world.bob.client.post(path, body, match=stale)
        assert (refused.status_code, refused.data["code"]) == (412, "stale"), stale
    done = world.bob.client.post(path, body, match=seen)
    assert (done.status_code, version_of(done)) == (200, 3)
    assert world.ben.client.post(path, body, match=seen).status_code == 412
    assert world.ben.client.post(path, body, match="*").status_code == 200


def test_acknowledging_and_commenting_need_no_version(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    for action in ("acknowledge", "comment"):
        done = world.bob.client.post(f"tickets/{ticket_id}/actions/{action}", {"note": "Seen."}, match='"v99"')
        assert done.status_code == 200


def test_an_action_out_of_its_state_says_so(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    refused = world.bob.client.act(ticket_id, "acknowledge")
    assert (refused.status_code, refused.data["code"]) == (409, "action_unavailable")
    assert "Load it again" in refused.data["detail"]


def test_a_repeated_action_happens_once(world: World) -> None:
    ticket_id = file_ticket(world, category=CLOSER, routed=True)
    path = f"tickets/{ticket_id}/actions/comment"
    first = world.dan.client.post(path, {"note": "Who was there?"}, key="one-and-the-same")
    again = world.dan.client.post(path, {"note": "Who was there?"}, key="one-and-the-same")
    assert (first.content, first.headers["ETag"]) == (again.content, again.headers["ETag"])
    assert again.headers["Idempotency-Replayed"] == "true"
    assert world.dan.client.post(path, {"note": "Another."}, key="one-and-the-same").status_code == 422
    assert Ticket.objects.get(id=ticket_id).event_count == 3
