"""The transition table: what it says, what the API makes of it, what the database refuses, what the papers show."""

from contextlib import nullcontext
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from backend.organisation.roles import Role
from backend.workflow.models import Ticket
from backend.workflow.relations import facts_of
from backend.workflow.states import (
    BY_ACTION,
    CLOCKS_ARMED,
    CLOCKS_PAUSED,
    TRANSITIONS,
    Action,
    Fact,
    Relation,
    State,
    actions_available,
    is_allowed,
    state_changes,
)
from tests.workflow.steps import URGENT, file_ticket, ticket_in
from tests.world import World, member_add

CHANGES = {
    ("received", "routed"),
    ("received", "acknowledged"),
    ("routed", "acknowledged"),
    ("acknowledged", "in_progress"),
    ("in_progress", "waiting"),
    ("waiting", "in_progress"),
    ("waiting", "resolved"),
    ("in_progress", "resolved"),
    ("resolved", "in_progress"),
    ("resolved", "closed"),
    ("closed", "in_progress"),
    ("received", "declined"),
    ("routed", "declined"),
    ("acknowledged", "declined"),
    ("in_progress", "declined"),
    ("declined", "received"),
    ("received", "closed"),
    ("routed", "closed"),
}
OPEN_STATES = {"received", "routed", "acknowledged", "in_progress"}
STARTS_FROM = {
    "acknowledge": {"received", "routed"},
    "assign": OPEN_STATES | {"waiting"},
    "record-interim-control": OPEN_STATES | {"waiting"},
    "start": {"acknowledged"},
    "wait": {"in_progress"},
    "resume": {"waiting"},
    "resolve": {"in_progress", "waiting"},
    "verify": {"resolved"},
    "reject-fix": {"resolved"},
    "reopen": {"closed"},
    "progress": {"acknowledged", "in_progress", "waiting"},
    "contain": OPEN_STATES,
    "reclassify": set(State.values),
    "propose-decline": OPEN_STATES,
    "confirm-decline": OPEN_STATES,
    "refuse-decline": OPEN_STATES,
    "contest-decline": {"declined"},
    "withdraw": {"received", "routed"},
    "comment": set(State.values),
}


def may(action: str, office: set[str], fixer: str | None, proposer: str) -> set[str]:
    """Say in plain words who of those who see the ticket may take an action."""
    checkers = {"alice", "cleo", "dan", "vera"}
    above = {"cleo", "dora", "dan", "vera"}
    heads = {"bob", "ben", "cleo"} & (office | {"cleo"})
    return {
        "acknowledge": office | above,
        "assign": heads | {"dan", "vera"},
        "record-interim-control": office | above,
        "start": office,
        "wait": heads | {"dan", "vera"},
        "resume": office | above,
        "resolve": office,
        "verify": checkers - {fixer},
        "reject-fix": checkers - {fixer},
        "reopen": checkers,
        "progress": office | above,
        "contain": office | above,
        "reclassify": office | above,
        "propose-decline": office | {"cleo", "dan", "vera"},
        "confirm-decline": {"cleo", "dan", "vera"} - {proposer},
        "refuse-decline": {"cleo", "dan", "vera"},
        "contest-decline": {"alice"},
        "withdraw": {"alice"},
        "comment": office | checkers | {"dora"},
    }[action]


@pytest.fixture
def cast(world: World) -> World:
    """The cast with a duty leader and a handler who heads nothing."""
    member_add(world, "dora", [(Role.DUTY_LEADER, None, False)], site=world.home)
    member_add(world, "hal", [(Role.HANDLER, "security", False)], site=world.home)
    return world


def test_an_action_is_available_exactly_where_state_and_relation_meet() -> None:
    for state, row, relation in product(State, TRANSITIONS, Relation):
        expected = state in row.sources and relation in row.allowed and relation not in row.refused
        assert (row.action in actions_available(state, {relation}, Fact)) == expected, (state, row.action, relation)
        for fact in row.facts:
            assert row.action not in actions_available(state, {relation}, set(Fact) - {fact})


def test_what_refuses_outweighs_what_allows() -> None:
    for row in TRANSITIONS:
        assert is_allowed(row, row.allowed - row.refused)
        assert not any(is_allowed(row, {*row.allowed, relation}) for relation in row.refused)


def test_nobody_has_the_systems_own_action() -> None:
    assert not is_allowed(BY_ACTION[Action.ROUTE], set(Relation) - {Relation.SYSTEM})
    assert is_allowed(BY_ACTION[Action.RESUME], {Relation.SYSTEM})


def test_the_table_holds_what_was_agreed() -> None:
    assert {(str(before), str(after)) for before, after in state_changes()} == CHANGES
    assert {row.action.value: set(row.sources) for row in TRANSITIONS if row.action != "route"} == STARTS_FROM
    assert len(BY_ACTION) == len(TRANSITIONS) == len(Action)
    for action in (Action.VERIFY, Action.REJECT_FIX):
        assert BY_ACTION[action].refused == {Relation.FIXER}
        assert not BY_ACTION[action].allowed & {Relation.HANDLER, Relation.ASSIGNEE, Relation.OFFICE_HEAD}
    assert {row.action for row in TRANSITIONS if not row.checks_version} == {"acknowledge", "comment"}
    assert Relation.BUREAU in BY_ACTION[Action.COMMENT].allowed


def test_a_clock_runs_until_what_it_waits_for_has_happened() -> None:
    running = {state.value: set(clocks) for state, clocks in CLOCKS_ARMED.items()}
    assert running == {
        "received": {"acknowledge", "act", "contain", "resolve", "answer", "result"},
        "routed": {"acknowledge", "act", "contain", "resolve", "answer", "result"},
        "acknowledged": {"act", "progress", "contain", "resolve", "result"},
        "in_progress": {"progress", "contain", "resolve", "result"},
        "waiting": {"progress", "contain", "wait", "result"},
        "resolved": {"verify"},
        "closed": set(),
        "declined": set(),
    }
    assert {state.value: set(clocks) for state, clocks in CLOCKS_PAUSED.items()} == {"waiting": {"resolve"}}
    assert not any(CLOCKS_ARMED[state] & resting for state, resting in CLOCKS_PAUSED.items())


@pytest.mark.parametrize(("state", "category"), [*((state, "F02") for state in State), (State.ROUTED, URGENT)])
def test_every_action_of_everybody_over_http(cast: World, state: State, category: str) -> None:
    """Of a fire nothing is contained yet and Vera proposed to decline it, while that is possible."""
    ticket_id = ticket_in(cast, state, category=category)
    if category == URGENT and state in OPEN_STATES:
        assert cast.vera.client.act(ticket_id, "propose-decline", note="A drill.").status_code == 200
    facts = facts_of(Ticket.objects.get(id=ticket_id))
    starts_from = {
        action: starts if BY_ACTION[Action(action)].facts <= facts else set() for action, starts in STARTS_FROM.items()
    }
    office = {"cleo"} if state is State.RECEIVED else {"bob", "ben", "hal"}
    fixer = "bob" if state in {State.RESOLVED, State.CLOSED} else None
    proposer = {State.DECLINED: "bob"}.get(state, "vera" if category == URGENT else "")
    sees = office | {"alice", "cleo", "dan", "vera", "dora"}
    for name, member in cast.members.items():
        answers = {action: attempt(cast, name, ticket_id, action) for action in STARTS_FROM}
        allowed = {action for action in STARTS_FROM if name in may(action, office, fixer, proposer)}
        assert answers == {
            action: 404 if name not in sees else 403 if action not in allowed else 200 if state in starts else 409
            for action, starts in starts_from.items()
        }, name
        listed = member.client.get(f"tickets/{ticket_id}").data.get("available_actions", [])
        assert set(listed) == {action for action, status in answers.items() if status == 200}, name


def attempt(world: World, name: str, ticket_id: UUID, action: str) -> int:
    """Try an action and take it back; return the status of the answer."""
    ticket = Ticket.objects.get(id=ticket_id)
    assignee = world.cleo if ticket.state == State.RECEIVED else world.ben
    more: dict[str, Any] = {
        "assign": {"assignee": str(assignee.person.id)},
        "reclassify": {"place": str(world.home.places["teaching-building"].id)},
        "wait": {"waiting_for": "Ming Lifts"},
    }.get(action, {})
    body: dict[str, Any] = {"note": "Seen.", **more}
    with transaction.atomic():
        status = int(world.members[name].client.act(ticket_id, action, match=ticket.version, **body).status_code)
        transaction.set_rollback(True)
    return status


def test_an_unknown_action_and_the_systems_own_are_not_there(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    for action in ("route", "fly", "delete"):
        assert world.bob.client.act(ticket_id, action).status_code == 404


def set_state(ticket_id: UUID, state: str) -> None:
    """Change the state behind the application's back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE workflow_ticket SET state = %s WHERE id = %s", [state, ticket_id])


def way_to(state: str) -> list[str]:
    """Return the states that lead from received to this one, along the order of the states."""
    if state == "received":
        return []
    earlier = State.values[: State.values.index(state)]
    step = next(before for before in reversed(earlier) if (before, state) in CHANGES)
    return [*way_to(step), state]


@pytest.mark.parametrize("before", State.values)
def test_the_database_refuses_every_other_change_of_state(world: World, before: str) -> None:
    ticket_id = file_ticket(world)
    for step in way_to(before):
        set_state(ticket_id, step)
    for after in State.values:
        is_legal = before == after or (before, after) in CHANGES
        refused = nullcontext() if is_legal else pytest.raises(ProgrammingError, match="Invalid transition")
        with refused, transaction.atomic():
            set_state(ticket_id, after)
            transaction.set_rollback(True)


def test_the_database_opens_tickets_as_received_and_keeps_them(world: World) -> None:
    ticket = Ticket.objects.get(id=file_ticket(world))
    for state in State.values[1:]:
        copy = Ticket.objects.get(id=ticket.id)
        copy.pk, copy.reference, copy.state = None, f"COPY-{state[:4]}", state
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            copy.save(force_insert=True)
    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM workflow_ticket WHERE id = %s", [ticket.id])


def test_the_page_about_the_states_is_current() -> None:
    call_command("state_machine_docs", check=True)
