"""An office says that it cannot solve a ticket alone: why, what is needed, and the next rung hears at once."""

from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command

from backend.common.models import OutboxMessage
from backend.duty.models import Absence
from backend.organisation.roles import Role
from backend.workflow.actions.decide import LONGEST_DECISION, LONGEST_PLACE, LONGEST_PROVIDED
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.owed import tickets_owed_by
from backend.workflow.states import State
from tests.workflow.steps import HOUR, STRICT, TOLD, file_ticket, ticket_in
from tests.world import World, member_add

NEED: dict[str, Any] = {"note": "The door frame is bent.", "needed": "A new frame, about 4,000 yuan."}


def told(world: World, ticket_id: UUID) -> list[set[str]]:
    """Return the names of those whom each message about it goes to, first to last."""
    rows = OutboxMessage.objects.filter(topic=TOLD, payload__ticket=str(ticket_id), payload__kind="cannot-solve")
    names = {str(member.person.id): name for name, member in world.members.items()}
    return [{names[person] for person in row.payload["people"]} for row in rows.order_by("id")]


def test_it_climbs_one_rung_at_once_and_the_office_goes_on_answering_for_it(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    before = Ticket.objects.get(id=ticket_id)
    answer = world.bob.client.act(ticket_id, "cannot-solve", **NEED)
    assert (answer.status_code, answer.data["state"], answer.data["level"]) == (200, "in_progress", 1)
    again = world.bob.client.act(ticket_id, "cannot-solve", **NEED)
    assert (again.status_code, again.data["level"]) == (200, 2)
    after = Ticket.objects.get(id=ticket_id)
    assert (after.owner_id, after.assignee_id, after.next_due_at) == (
        before.owner_id,
        before.assignee_id,
        before.next_due_at,
    )
    assert told(world, ticket_id) == [{"dan"}, {"olga"}]
    event = TicketEvent.objects.filter(ticket=ticket_id, kind="cannot-solve").select_related("payload").first()
    assert event is not None
    assert event.payload.body["needed"] == NEED["needed"]
    call_command("tickets_audit")
    call_command("ledger_verify")


@pytest.mark.parametrize(
    ("who", "body", "answer"),
    [
        ("bob", {"note": "Bent."}, (400, "/needed")),
        ("bob", {"needed": "A frame."}, (400, "/note")),
        ("alice", NEED, (403, None)),
        ("cleo", NEED, (403, None)),
        ("mallory", NEED, (404, None)),
    ],
)
def test_only_the_office_says_so_and_it_says_what_is_needed(
    world: World, who: str, body: dict[str, Any], answer: tuple[int, str | None]
) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    refused = world.members[who].client.act(ticket_id, "cannot-solve", **body)
    pointers = [error["pointer"] for error in refused.data.get("errors", [])]
    assert (refused.status_code, pointers[0] if answer[1] else None) == answer
    assert Ticket.objects.get(id=ticket_id).level == 0


def test_at_the_top_nobody_is_told_a_second_time_and_it_is_not_offered(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    for _rung in range(2):
        assert "cannot-solve" in world.bob.client.get(f"tickets/{ticket_id}").data["available_actions"]
        assert world.bob.client.act(ticket_id, "cannot-solve", **NEED).status_code == 200
    assert "cannot-solve" not in world.bob.client.get(f"tickets/{ticket_id}").data["available_actions"]
    again = world.bob.client.act(ticket_id, "cannot-solve", **NEED)
    assert (again.status_code, again.data["code"]) == (409, "nobody_above")
    assert told(world, ticket_id) == [{"dan"}, {"olga"}]


def test_who_stands_in_for_a_rung_is_not_told_the_same_again_for_their_own(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    Absence.objects.create(person=world.dan.person, starts_at=world.now - HOUR, ends_at=world.now + 90 * HOUR)
    answer = world.bob.client.act(ticket_id, "cannot-solve", **NEED)
    assert (answer.status_code, answer.data["level"]) == (200, 2)
    assert "cannot-solve" not in answer.data["available_actions"]
    assert world.bob.client.act(ticket_id, "cannot-solve", **NEED).data["code"] == "nobody_above"
    assert told(world, ticket_id) == [{"olga"}]
    call_command("tickets_audit")


def test_where_nobody_above_can_be_reached_it_says_so_and_changes_nothing(world: World) -> None:
    """It answered 200 and had told nobody."""
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    for name in ("dan", "vera", "olga"):
        until = world.now + 90 * HOUR
        Absence.objects.create(person=world.members[name].person, starts_at=world.now - HOUR, ends_at=until)
    answer = world.bob.client.act(ticket_id, "cannot-solve", **NEED)
    assert (answer.status_code, answer.data["code"]) == (409, "nobody_reachable")
    assert (told(world, ticket_id), Ticket.objects.get(id=ticket_id).level) == ([], 0)


DECISION: dict[str, Any] = {
    "note": "A new frame is ordered.",
    "decided_in": "The principal's meeting of 3 December",
    "provided": "4,000 yuan from the reserve.",
}
LONGEST: dict[str, Any] = {
    "note": "字" * LONGEST_DECISION,
    "decided_in": "会" * LONGEST_PLACE,
    "provided": "钱" * LONGEST_PROVIDED,
}


def test_at_the_principal_it_ends_in_a_recorded_decision_that_office_and_reporter_hear(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    assert world.dan.client.act(ticket_id, "decide", **DECISION).status_code == 409
    asked = world.bob.client.act(ticket_id, "cannot-solve", **NEED)
    owed = next(row for row in asked.data["obligations"] if row["action"] == "decide")
    assert (owed["role"], asked.data["parts"][0]["words"]) == ("principal", NEED["needed"])
    world.bob.client.act(ticket_id, "cannot-solve", **NEED)
    assert [part["kind"] for part in world.bob.client.get(f"tickets/{ticket_id}").data["parts"]] == ["decision"]
    call_command("deadlines_audit")
    for who, status in (("bob", 403), ("cleo", 403), ("vera", 403), ("mallory", 404), ("carol", 404)):
        assert world.members[who].client.act(ticket_id, "decide", **DECISION).status_code == status, who
    refused = world.dan.client.act(ticket_id, "decide", **{**LONGEST, "note": f"{LONGEST['note']}字"})
    assert (refused.status_code, refused.data["errors"][0]["pointer"]) == (400, "/note")
    unsaid = world.dan.client.act(ticket_id, "decide", note="Yes.", decided_in="Me")
    assert (unsaid.status_code, unsaid.data["errors"][0]["pointer"]) == (400, "/provided")
    decided = world.dan.client.act(ticket_id, "decide", **DECISION)
    (part,) = decided.data["parts"]
    assert (part["outcome"], DECISION["provided"] in part["answer"]) == ("done", True)
    row = OutboxMessage.objects.get(topic=TOLD, payload__ticket=str(ticket_id), payload__kind="decide")
    assert {str(world.members[name].person.id) for name in ("alice", "bob")} <= set(row.payload["people"])
    for command in ("deadlines_audit", "tickets_audit", "ledger_verify"):
        call_command(command)


def test_the_bureau_decides_what_climbed_to_it_and_of_a_sealed_case_the_principal(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    for _rung in range(2):
        world.bob.client.act(ticket_id, "cannot-solve", **NEED)
    decided = world.olga.client.act(ticket_id, "decide", **LONGEST)
    answer = [LONGEST[name] for name in ("decided_in", "note", "provided")]
    assert decided.data["parts"][0]["answer"].split("\n") == answer, "what is provided was cut off"
    sealed = file_ticket(world, category=STRICT, routed=True)
    world.erin.client.act(sealed, "acknowledge")
    while "decide" not in world.dan.client.get(f"tickets/{sealed}").data["available_actions"]:
        assert world.erin.client.act(sealed, "cannot-solve", **NEED).status_code == 200
    assert world.erin.client.act(sealed, "decide", **DECISION).status_code == 403
    assert world.dan.client.act(sealed, "decide", **DECISION).status_code == 200
    call_command("tickets_audit")


def test_what_was_solved_meanwhile_can_still_be_decided(world: World) -> None:
    """The principal owed a decision that was refused with 409 until somebody verified the fix."""
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    world.bob.client.act(ticket_id, "cannot-solve", **NEED)
    solved = world.bob.client.act(ticket_id, "resolve", note="We found a frame.")
    assert "decide" in {row["action"] for row in solved.data["obligations"]}
    decided = world.dan.client.act(ticket_id, "decide", **DECISION)
    assert (decided.status_code, decided.data["state"]) == (200, "resolved"), decided.data
    assert "decide" not in {row["action"] for row in decided.data["obligations"]}


def test_where_it_concerns_the_principal_the_bureau_owes_the_decision(world: World) -> None:
    """It was owed by the principal alone, who does not see it, and so by nobody."""
    ticket_id = file_ticket(world, routed=True, persons_concerned=[str(world.dan.person.id)])
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    asked = world.bob.client.act(ticket_id, "cannot-solve", **NEED)
    assert [part["role"] for part in asked.data["parts"]] == ["bureau_officer"]
    assert [row.id for row in tickets_owed_by(actor=world.olga.actor)] == [ticket_id]
    assert [row.id for row in tickets_owed_by(actor=world.mallory.actor)] == []
    assert world.olga.client.act(ticket_id, "decide", **DECISION).status_code == 200
    call_command("tickets_audit")


def test_what_a_principal_cannot_solve_somebody_else_decides(world: World) -> None:
    """Whoever asked for the decision made it."""
    posts = [(Role.PRINCIPAL, None, False), (Role.OFFICE_HEAD, "security", False)]
    both = member_add(world, "paul", posts, site=world.home)
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    asked = both.client.act(ticket_id, "cannot-solve", **NEED)
    assert [part["role"] for part in asked.data["parts"]] == ["principal"], asked.data
    assert "decide" not in asked.data["available_actions"]
    owed = [ticket_id in {row.id for row in tickets_owed_by(actor=one.actor)} for one in (world.dan, both)]
    refused = both.client.act(ticket_id, "decide", **DECISION)
    assert (owed, refused.status_code, refused.data["code"]) == ([True, False], 403, "asker_cannot_decide")
    assert world.dan.client.act(ticket_id, "decide", **DECISION).status_code == 200
    call_command("tickets_audit")
