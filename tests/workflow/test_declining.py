"""A report nobody should work on: one proposes to decline it, another decides, the reporter may contest or withdraw."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.management import call_command

from backend.common.models import OutboxMessage
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.duty.models import Absence
from backend.workflow.errors import ContestingTooLate
from backend.workflow.models import NEVER_DUE, Ticket, TicketEvent
from backend.workflow.services import tickets_route
from backend.workflow.states import State
from tests.workflow.steps import DAY, STRICT, TOLD, act_at, decline, file_ticket, ticket_in
from tests.world import World


def told(world: World, ticket_id: UUID, kind: str) -> set[str]:
    """Return the names of those whom messages about this kind of event go to."""
    rows = OutboxMessage.objects.filter(topic=TOLD, payload__ticket=str(ticket_id), payload__kind=kind)
    people = {person for row in rows for person in row.payload["people"]}
    return {name for name, member in world.members.items() if str(member.person.id) in people}


def clocks(ticket_id: UUID) -> set[str]:
    """Return the clocks that run."""
    return set(
        Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, stopped_at=None).values_list(
            "clock", flat=True
        )
    )


def refused(world: World, name: str, ticket_id: UUID, action: str) -> tuple[int, str]:
    """Try an action that is refused; return the status and the code."""
    answer = world.members[name].client.act(ticket_id, action, note="Hm.")
    return answer.status_code, answer.data["code"]


def test_declining_takes_two_and_stops_every_clock(world: World) -> None:
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    assert world.bob.client.act(ticket_id, "propose-decline", note="It was open already.").status_code == 200
    assert told(world, ticket_id, "propose-decline") == {"cleo"}
    assert "resolve" in clocks(ticket_id)
    for name, expected in (
        ("bob", (403, "action_not_allowed")),
        ("alice", (403, "action_not_allowed")),
        ("mallory", (404, "not_found")),
    ):
        assert refused(world, name, ticket_id, "confirm-decline") == expected
    declined = world.cleo.client.act(ticket_id, "confirm-decline", note="I looked too.")
    assert (declined.status_code, declined.data["state"]) == (200, "declined")
    assert clocks(ticket_id) == set()
    ticket = Ticket.objects.get(id=ticket_id)
    assert (ticket.next_due_at, ticket.declined_at) == (NEVER_DUE, ticket.updated_at)
    assert told(world, ticket_id, "confirm-decline") == {"alice", "bob"}
    assert fire_due(now=ticket.filed_at + 365 * DAY).fired == 0
    events = world.alice.client.get(f"tickets/{ticket_id}/timeline").data
    assert [row["details"]["note"] for row in events[-2:]] == ["It was open already.", "I looked too."]
    call_command("tickets_audit")


def test_whoever_proposed_it_never_confirms_it_whatever_their_posts(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    assert world.cleo.client.act(ticket_id, "propose-decline", note="A joke.").status_code == 200
    assert told(world, ticket_id, "propose-decline") == {"vera"}
    assert refused(world, "cleo", ticket_id, "confirm-decline") == (403, "action_not_allowed")
    assert world.dan.client.act(ticket_id, "confirm-decline").status_code == 200


def test_without_a_proposal_there_is_nothing_to_decide_and_with_one_nothing_to_propose(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    for action in ("confirm-decline", "refuse-decline"):
        assert refused(world, "cleo", ticket_id, action) == (409, "action_unavailable")
    world.bob.client.act(ticket_id, "propose-decline", note="Nothing there.")
    assert refused(world, "ben", ticket_id, "propose-decline") == (409, "action_unavailable")


def test_a_refused_proposal_leaves_the_work_as_it_was(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    before = clocks(ticket_id)
    world.bob.client.act(ticket_id, "propose-decline", note="Nothing there.")
    answer = world.cleo.client.act(ticket_id, "refuse-decline", note="Go and look.")
    assert (answer.status_code, answer.data["state"], clocks(ticket_id)) == (200, "routed", before)
    assert told(world, ticket_id, "refuse-decline") == {"bob"}
    assert world.ben.client.act(ticket_id, "propose-decline", note="Looked.").status_code == 200


def test_the_reporter_contests_and_everything_begins_again(world: World) -> None:
    ticket_id = decline(world, file_ticket(world, routed=True))
    for name in ("bob", "cleo", "dan"):
        assert refused(world, name, ticket_id, "contest-decline") == (403, "action_not_allowed")
    contested = world.alice.client.act(ticket_id, "contest-decline", note="It is still blocked.")
    assert (contested.status_code, contested.data["state"]) == (200, "received")
    ticket = Ticket.objects.select_related("owner").get(id=ticket_id)
    assert (ticket.owner.code, ticket.declined_at, ticket.declining) == ("safety-office", None, None)
    assert clocks(ticket_id) == {"acknowledge", "act", "resolve", "answer", "result"}
    due = Timer.objects.get(subject_id=ticket_id, clock="acknowledge", stopped_at=None).due_at
    assert ticket.reopened_at is not None
    assert due == ticket.reopened_at + timedelta(minutes=30)
    assert told(world, ticket_id, "contest-decline") == {"cleo"}
    again = OutboxMessage.objects.filter(topic="ticket.opened", payload__ticket=str(ticket_id))
    assert again.count() == 2
    tickets_route(ticket_ids=[ticket_id], now=ticket.reopened_at)
    assert Ticket.objects.select_related("owner").get(id=ticket_id).owner.code == "security"
    call_command("tickets_audit")
    call_command("ledger_verify")


def test_declining_can_be_contested_for_seven_days(world: World) -> None:
    ticket_id = decline(world, file_ticket(world, routed=True))
    declined_at = Ticket.objects.get(id=ticket_id).updated_at
    with pytest.raises(ContestingTooLate):
        act_at(world.alice, ticket_id, "contest-decline", declined_at + 7 * DAY + timedelta(microseconds=1))
    assert act_at(world.alice, ticket_id, "contest-decline", declined_at + 7 * DAY).state == State.RECEIVED


def test_a_sealed_case_is_declined_by_its_team_alone(world: World) -> None:
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    assert refused(world, "cleo", ticket_id, "propose-decline") == (404, "not_found")
    assert world.erin.client.act(ticket_id, "propose-decline", note="A misunderstanding.").status_code == 200
    assert told(world, ticket_id, "propose-decline") == {"dan"}
    assert refused(world, "erin", ticket_id, "confirm-decline") == (403, "action_not_allowed")
    assert refused(world, "vera", ticket_id, "confirm-decline") == (404, "not_found")
    assert world.dan.client.act(ticket_id, "confirm-decline").status_code == 200


def test_somebody_above_hears_of_a_proposal_when_the_coordinator_is_away(world: World) -> None:
    Absence.objects.create(person=world.cleo.person, starts_at=world.now - DAY, ends_at=world.now + DAY)
    ticket_id = file_ticket(world, routed=True)
    world.bob.client.act(ticket_id, "propose-decline", note="Nothing there.")
    assert told(world, ticket_id, "propose-decline") == {"vera"}


@pytest.mark.parametrize("routed", [False, True])
def test_a_reporter_withdraws_until_somebody_acknowledged(world: World, *, routed: bool) -> None:
    ticket_id = file_ticket(world, routed=routed)
    assert refused(world, "cleo", ticket_id, "withdraw") == (403, "action_not_allowed")
    withdrawn = world.alice.client.act(ticket_id, "withdraw")
    assert (withdrawn.status_code, withdrawn.data["state"], clocks(ticket_id)) == (200, "closed", set())
    assert told(world, ticket_id, "withdraw") == ({"bob"} if routed else {"cleo"})
    assert refused(world, "alice", ticket_id, "reopen") == (409, "action_unavailable")
    tickets_route(ticket_ids=[ticket_id], now=world.now)
    assert Ticket.objects.get(id=ticket_id).state == "closed"
    call_command("tickets_audit")


def test_what_somebody_takes_care_of_is_not_withdrawn(world: World) -> None:
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    assert refused(world, "alice", ticket_id, "withdraw") == (409, "action_unavailable")
    assert not TicketEvent.objects.filter(ticket=ticket_id, kind="withdraw").exists()
