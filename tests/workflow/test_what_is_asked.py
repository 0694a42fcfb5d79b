"""A ticket of which everything is asked at once: who may then take which step, from a table written apart."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import pytest

from backend.common.clock import database_now
from backend.organisation.roles import Role
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.workflow.steps import DAY, STRICT, act_at, file_ticket, ticket_in
from tests.workflow.test_state_machine import (
    OK,
    STARTS_FROM,
    answer_over_http,
    body_of,
    may,
    refusals_of_service,
    said_of,
    take_by_service,
)
from tests.world import World, member_add

OFFICE = {"bob", "ben", "hal"}
HEADS = {"bob", "ben", "cleo", "dan", "vera"}
SUPERVISION = {"cleo", "dan", "vera"}
ABOVE = SUPERVISION | {"dora"}
OFFERED, SUPPORTING = {"carol", "fay"}, {"sid"}
SEE_IT = OFFICE | ABOVE | OFFERED | SUPPORTING | {"alice", "olga"}
May = Mapping[str, Collection[str]]
MAY: May = {
    **dict.fromkeys(("accept-offer", "refuse-offer"), OFFERED),
    "withdraw-offer": OFFICE | SUPERVISION,
    **dict.fromkeys(("take-subtask", "complete-subtask", "refuse-subtask"), SUPPORTING),
    "waive-subtask": HEADS,
    "withdraw-subtask": OFFICE | SUPERVISION,
    "answer-order": OFFICE,
    "withdraw-order": {"vera", "dan", "olga"},
    **dict.fromkeys(("accept-recommendation", "refuse-recommendation", "carry-out-recommendation"), OFFICE),
    "withdraw-recommendation": {"cleo", "dan", "olga"},
    "change-promise": {"dan", "vera"},
    "follow-adoption": {"dan", "vera"},
    "finish-step": OFFICE,
    "answer-question": OFFICE | {"alice"},
    "withdraw-question": OFFICE,
    "decide": {"dan", "olga"},
    "inform-affected": OFFICE | ABOVE,
    "waive-affected": HEADS,
}
"""Those who may take each step about what is asked while somebody has it in hand: Vera demanded, Cleo recommended, Bob
promised. Everybody else may not.
"""
IN_WORK = {
    *("change-promise", "finish-step", "take-subtask", "complete-subtask"),
    *("refuse-subtask", "waive-subtask", "withdraw-subtask"),
}
"""The steps that are over once it is solved; the others may still be taken."""
OUTLIVING = {"carry-out-recommendation", "withdraw-recommendation"}
"""The steps that are left once the ticket is over."""
NAMES: Mapping[str, May] = {
    "nobody": {"propose-disclosure": {"dan", "erin"}, "disclose-name": ()},
    "erin": {"propose-disclosure": (), "disclose-name": {"dan"}},
}
"""Those who may disclose a name that was given in confidence, by the one who proposed it."""
LATER = "an instant to come"
Taken = tuple[tuple[str, str, dict[str, Any]], ...]
ASKED: Taken = (
    ("vera", "order", {"due_at": LATER}),
    ("bob", "ask-subtask", {"office": "student-affairs"}),
    ("bob", "promise", {"promised_for": LATER}),
    ("bob", "next-step", {"done_by": LATER}),
    ("bob", "ask-question", {}),
    ("vera", "adopt", {"done_by": LATER}),
    ("cleo", "recommend", {"aim": "rule"}),
    ("bob", "accept-recommendation", {"carry_out_by": LATER}),
    ("cleo", "recommend", {"aim": "work"}),
    ("bob", "add-affected", {"affected": "parents"}),
    ("bob", "cannot-solve", {"needed": "Money for a new door."}),
    ("bob", "offer", {"office": "facilities"}),
)
TELLING: Taken = (("bob", "inform-affected", {}),)
SOLVING: Taken = (("cleo", "waive-subtask", {}), ("bob", "resolve", {}))
GOES_ON: Mapping[State, Taken] = {
    State.IN_PROGRESS: (),
    State.ACKNOWLEDGED: (),
    State.WAITING: (("bob", "wait", {"waiting_for": "Ming Lifts"}),),
    State.RESOLVED: SOLVING,
    State.CLOSED: (*TELLING, *SOLVING, ("cleo", "verify", {})),
    State.DECLINED: (*TELLING, ("bob", "propose-decline", {}), ("cleo", "confirm-decline", {})),
    State.MERGED: (*TELLING, ("dan", "merge", {"into": "earlier"})),
}
"""The way of a ticket of which everything is asked into each state in which that can be."""


@pytest.fixture
def cast(world: World) -> World:
    """The cast with a duty leader, handlers who head nothing, and the head of an office that supports."""
    for name, role, unit in (
        ("dora", Role.DUTY_LEADER, None),
        ("hal", Role.HANDLER, "security"),
        ("fay", Role.HANDLER, "facilities"),
        ("sid", Role.OFFICE_HEAD, "student-affairs"),
    ):
        member_add(world, name, [(role, unit, False)], site=world.home)
    return world


def everything_asked(world: World, state: State, earlier: UUID) -> UUID:
    """Return a ticket in a state, of which everything was asked that can be asked while it was in work."""
    ticket_id = ticket_in(world, State.ACKNOWLEDGED if state is State.ACKNOWLEDGED else State.IN_PROGRESS)
    fills = {LATER: world.now + DAY, "earlier": str(earlier)}
    fills |= {code: unit.id for code, unit in world.home.units.items()}
    for who, action, given in (*ASKED, *GOES_ON[state]):
        filled: dict[str, Any] = {name: fills.get(value, value) for name, value in given.items()}
        act_at(world.members[who], ticket_id, action, database_now(), **filled)
    return ticket_id


def words_of(world: World, ticket: Ticket, action: str, earlier: UUID) -> dict[str, Any]:
    """Return good words for a step about what is asked."""
    in_four_days = (world.now + 4 * DAY).isoformat()
    recommended = ticket.parts.filter(kind__in=("recommendation", "improvement"), ended_at=None).latest("asked_at")
    more: dict[str, dict[str, Any]] = {
        "change-promise": {"promised_for": in_four_days},
        "accept-recommendation": {"carry_out_by": in_four_days},
        "withdraw-recommendation": {"recommended": str(recommended.id)},
        "decide": {"decided_in": "The principal's meeting", "provided": "A new door."},
    }
    return {**body_of(world, ticket, action, earlier), **more.get(action, {})}


def left_of(state: State) -> tuple[May, set[str]]:
    """Return who may take which step in a state, and who sees the ticket at all."""
    if state is State.RESOLVED:
        return {action: people for action, people in MAY.items() if action not in IN_WORK}, SEE_IT - SUPPORTING
    if state in {State.CLOSED, State.DECLINED, State.MERGED}:
        return {action: MAY[action] for action in OUTLIVING}, SEE_IT - SUPPORTING - OFFERED
    return MAY, SEE_IT


def assert_only_these(world: World, ticket: Ticket, steps: May, sees: set[str], bodies: dict[str, Any]) -> None:
    """Let everybody try every step: what they may is what they are offered; the first to take one does over HTTP."""
    said = {action: said_of(action, body) for action, body in bodies.items()}
    first: set[str] = set()
    for name, member in world.members.items():
        allowed = {action for action, people in steps.items() if name in people}
        refused = refusals_of_service(member, ticket, {action: said[action] for action in said.keys() - allowed})
        assert set(refused.values()) <= ({403, 409} if name in sees else {404}), (name, refused)
        listed = member.client.get(f"tickets/{ticket.id}").data.get("available_actions", [])
        assert set(listed) & said.keys() == allowed, name
        for action in allowed:
            if action in first:
                take_by_service(member, ticket, action, said[action])
            else:
                assert answer_over_http(member, ticket, action, bodies[action]) == OK, (name, action)
        first |= allowed
    assert first == {action for action, people in steps.items() if people}


@pytest.mark.slow("tests/workflow/test_what_is_asked.py", after=1)
@pytest.mark.parametrize("state", GOES_ON)
def test_whoever_may_step_in_is_offered_it_and_taken_at_their_word(cast: World, state: State) -> None:
    earlier = file_ticket(cast, routed=True)
    ticket = Ticket.objects.select_related("school__calendar").get(id=everything_asked(cast, state, earlier))
    assert ticket.state == state
    bodies = {action: words_of(cast, ticket, action, earlier) for action in MAY}
    assert_only_these(cast, ticket, *left_of(state), bodies)


@pytest.mark.parametrize("proposer", NAMES)
def test_a_name_given_in_confidence_is_disclosed_by_two_and_offered_to_nobody_else(cast: World, proposer: str) -> None:
    ticket_id, steps = file_ticket(cast, category=STRICT, routed=True), NAMES[proposer]
    if proposer in cast.members:
        act_at(cast.members[proposer], ticket_id, "propose-disclosure", database_now())
    ticket = Ticket.objects.select_related("school__calendar").get(id=ticket_id)
    assert_only_these(cast, ticket, steps, {"dan", "erin"}, {action: {"note": "A witness."} for action in steps})


def test_whatever_nobody_may_of_an_ordinary_ticket_has_its_table_here() -> None:
    nobodys = {action for action in STARTS_FROM if not may(action, OFFICE, None, "")}
    assert nobodys <= MAY.keys() | NAMES["nobody"].keys()
