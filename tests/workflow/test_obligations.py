"""Obligations in every state: the same for whoever asks, and always with the clock that runs on them."""

from datetime import datetime
from typing import Any

import pytest

from backend.deadlines.models import Timer
from backend.workflow.states import State
from tests.workflow.steps import CLOSER, OPEN, STRICT, URGENT, file_ticket, ticket_in
from tests.world import World


def owed(world: World, reader: str, ticket_id: object) -> list[dict[str, Any]]:
    """Return the obligations as somebody reads them."""
    answer = world.members[reader].client.get(f"tickets/{ticket_id}")
    assert answer.status_code == 200
    return [dict(row) for row in answer.data["obligations"]]


@pytest.mark.parametrize(
    ("state", "first"),
    [
        (State.RECEIVED, ("acknowledge", "handler", "safety-office", None)),
        (State.ROUTED, ("acknowledge", "handler", "security", None)),
        (State.ACKNOWLEDGED, ("start", None, None, "bob")),
        (State.IN_PROGRESS, ("resolve", None, None, "bob")),
        (State.WAITING, ("resume", "office_head", "security", None)),
        (State.RESOLVED, ("verify", "coordinator", None, None)),
    ],
)
def test_each_state_says_who_owes_what(
    world: World, state: State, first: tuple[str, str | None, str | None, str | None]
) -> None:
    ticket_id = ticket_in(world, state)
    rows = {row["action"]: row for row in owed(world, "cleo", ticket_id)}
    action, role, office, person = first
    row = rows[action]
    assert row["role"] == role
    assert row["office"] == (str(world.home.units[office].id) if office else None)
    assert row["person"] == (str(world.members[person].person.id) if person else None)
    clocks = {"acknowledge": "acknowledge", "start": "act", "resume": "wait"}
    timer = Timer.objects.get(subject_id=ticket_id, clock=clocks.get(action, action), stopped_at=None)
    assert datetime.fromisoformat(row["due_at"]) == timer.ladder[0]
    assert list(rows.values()) == owed(world, "dan", ticket_id)


@pytest.mark.parametrize("state", [State.CLOSED, State.DECLINED])
def test_nobody_owes_anything_on_a_ticket_that_is_over(world: World, state: State) -> None:
    assert owed(world, "cleo", ticket_in(world, state)) == []


def test_the_soonest_due_stands_first_and_a_fire_is_contained_before_it_is_solved(world: World) -> None:
    ticket_id = file_ticket(world, category=URGENT, routed=True)
    rows = owed(world, "bob", ticket_id)
    assert [row["due_at"] for row in rows] == sorted(row["due_at"] for row in rows)
    assert {row["action"] for row in rows} == {"acknowledge", "start", "contain", "resolve"}


def test_a_proposal_to_decline_waits_for_a_second_person(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    world.bob.client.act(ticket_id, "propose-decline", note="Nothing there.")
    decision = owed(world, "cleo", ticket_id)[-1]
    assert (decision["action"], decision["due_at"], decision["role"]) == ("confirm-decline", None, "coordinator")


@pytest.mark.parametrize(("category", "roles"), [(STRICT, {"principal", "protection_lead"}), (CLOSER, {"principal"})])
def test_a_proposal_to_open_it_to_more_people_waits_for_whoever_keeps_the_seal(
    world: World, category: str, roles: set[str]
) -> None:
    ticket_id = file_ticket(world, category=category, routed=True)
    proposer = world.erin if category == STRICT else world.cleo
    done = proposer.client.act(ticket_id, "propose-lowering", category=OPEN, note="Nobody is concerned.")
    assert done.status_code == 200, done.data
    decisions = [row for row in owed(world, "dan", ticket_id) if row["action"] == "confirm-lowering"]
    assert ({row["role"] for row in decisions}, {row["due_at"] for row in decisions}) == (roles, {None})
    assert world.dan.client.act(ticket_id, "refuse-lowering", note="It stays.").status_code == 200
    assert not any(row["action"] == "confirm-lowering" for row in owed(world, "dan", ticket_id))


def test_on_a_sealed_case_the_protection_lead_owes_it_until_somebody_has_it_in_hand(world: World) -> None:
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    assert {row["role"] for row in owed(world, "erin", ticket_id)} == {"protection_lead"}
    world.erin.client.act(ticket_id, "acknowledge")
    assert {row["person"] for row in owed(world, "erin", ticket_id)} == {str(world.erin.person.id)}
