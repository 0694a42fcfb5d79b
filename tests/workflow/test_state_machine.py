"""The transition table: what it says, what the API makes of it, what the database refuses, what the papers show."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from backend.common.clock import database_now
from backend.common.errors import DomainError, NotFound
from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.workflow.action_input import ActionInput, said_from
from backend.workflow.actions import ACTIONS, BY_NAME, FOR_PEOPLE, state_changes
from backend.workflow.errors import ActionNotAllowed, ActionUnavailable, FixerCannotVerify
from backend.workflow.facts import Situation
from backend.workflow.models import Ticket
from backend.workflow.policy import Relation
from backend.workflow.refusals import STATE_CHANGES
from backend.workflow.selectors import ticket_lock
from backend.workflow.serializers import input_serializer
from backend.workflow.services import ticket_act_on
from backend.workflow.states import CLOCKS_ARMED, CLOCKS_PAUSED, State
from tests.roles import as_owner
from tests.workflow.steps import HOUR, STRICT, URGENT, file_ticket, ticket_in
from tests.world import Member, World, member_add

CHANGES = {
    ("received", "routed"),
    ("received", "acknowledged"),
    ("routed", "acknowledged"),
    ("acknowledged", "in_progress"),
    ("in_progress", "waiting"),
    ("waiting", "in_progress"),
    ("waiting", "resolved"),
    ("in_progress", "resolved"),
    ("routed", "resolved"),
    ("acknowledged", "resolved"),
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
    ("received", "merged"),
    ("routed", "merged"),
    ("acknowledged", "merged"),
    ("in_progress", "merged"),
    ("waiting", "merged"),
    ("merged", "received"),
    ("merged", "routed"),
    ("merged", "acknowledged"),
    ("merged", "in_progress"),
}
OK = 200
OPEN_STATES = {"received", "routed", "acknowledged", "in_progress"}
HANDED = {"routed", "acknowledged", "in_progress", "waiting"}
STARTS_FROM = {
    "acknowledge": {"received", "routed"},
    "assign": OPEN_STATES | {"waiting"},
    "record-interim-control": OPEN_STATES | {"waiting"},
    "start": {"acknowledged"},
    "fix-at-once": {"routed", "acknowledged"},
    "wait": {"in_progress"},
    "resume": {"waiting"},
    "resolve": {"in_progress", "waiting"},
    "confirm": {"resolved", "closed"},
    "verify": {"resolved"},
    "reject-fix": {"resolved"},
    "reopen": {"closed"},
    "progress": {"acknowledged", "in_progress", "waiting"},
    "cannot-solve": {"acknowledged", "in_progress", "waiting"},
    "contain": OPEN_STATES,
    "reclassify": set(State.values) - {"merged"},
    "propose-lowering": set(State.values) - {"merged"},
    "confirm-lowering": set(State.values) - {"merged"},
    "refuse-lowering": set(State.values) - {"merged"},
    "hold-evidence": set(State.values) - {"merged"},
    "end-hold": set(State.values),
    "propose-disclosure": set(State.values) - {"merged"},
    "disclose-name": set(State.values) - {"merged"},
    "propose-decline": OPEN_STATES,
    "confirm-decline": OPEN_STATES,
    "refuse-decline": OPEN_STATES,
    "contest-decline": {"declined"},
    "withdraw": {"received", "routed"},
    "merge": OPEN_STATES | {"waiting"},
    "unmerge": {"merged"},
    "split": OPEN_STATES | {"waiting"},
    "link": set(State.values),
    "unlink": set(State.values),
    "offer": HANDED,
    "accept-offer": HANDED | {"resolved"},
    "refuse-offer": HANDED | {"resolved"},
    "withdraw-offer": HANDED | {"resolved"},
    "assign-office": HANDED,
    "lift-decision": HANDED,
    "ask-interim-control": HANDED,
    **dict.fromkeys(("ask-subtask", "take-subtask", "complete-subtask", "refuse-subtask"), HANDED),
    **dict.fromkeys(("waive-subtask", "withdraw-subtask"), HANDED),
    "order": OPEN_STATES | {"waiting"},
    "answer-order": OPEN_STATES | {"waiting", "resolved"},
    "withdraw-order": OPEN_STATES | {"waiting", "resolved"},
    "recommend": OPEN_STATES | {"waiting"},
    **dict.fromkeys(("accept-recommendation", "refuse-recommendation"), OPEN_STATES | {"waiting", "resolved"}),
    **{name: set(State.values) for name in ("carry-out-recommendation", "withdraw-recommendation")},
    "promise": {"acknowledged", "in_progress", "waiting"},
    "change-promise": OPEN_STATES | {"waiting"},
    "review-cause": set(State.values),
    "publish-lesson": {"closed"},
    "adopt": HANDED,
    "follow-adoption": HANDED | {"received", "resolved"},
    "next-step": {"acknowledged", "in_progress", "waiting"},
    "finish-step": {"acknowledged", "in_progress", "waiting"},
    "decide": OPEN_STATES | {"waiting", "resolved"},
    "add-affected": OPEN_STATES | {"waiting", "resolved"},
    "inform-affected": OPEN_STATES | {"waiting", "resolved"},
    "waive-affected": OPEN_STATES | {"waiting", "resolved"},
    "publish-result": {"closed"},
    "ask-question": OPEN_STATES | {"waiting"},
    "answer-question": OPEN_STATES | {"waiting", "resolved"},
    "withdraw-question": OPEN_STATES | {"waiting", "resolved"},
    "rate-handling": {"closed"},
    "comment": set(State.values),
    "message-reporter": set(State.values),
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
        "fix-at-once": office | {"alice"},
        "wait": heads | {"dan", "vera"},
        "resume": office | above,
        "resolve": office,
        "confirm": {"alice"},
        "verify": checkers - {fixer},
        "reject-fix": checkers - {fixer},
        "reopen": checkers,
        "progress": office | above,
        "cannot-solve": office,
        "contain": office | above,
        "reclassify": office | above,
        "propose-lowering": office | above,
        "confirm-lowering": {"dan"},
        "refuse-lowering": {"dan"},
        "hold-evidence": {"dan"},
        "end-hold": {"dan"},
        "propose-disclosure": set(),
        "disclose-name": set(),
        "propose-decline": office | {"cleo", "dan", "vera"},
        "confirm-decline": {"cleo", "dan", "vera"} - {proposer},
        "refuse-decline": {"cleo", "dan", "vera"},
        "contest-decline": {"alice"},
        "withdraw": {"alice"},
        "merge": office | above,
        "unmerge": office | above,
        **dict.fromkeys(("split", "link", "unlink"), office | above),
        "offer": office,
        "accept-offer": set(),
        "refuse-offer": set(),
        "withdraw-offer": office | {"cleo", "dan", "vera"},
        "assign-office": {"cleo", "dan", "vera"},
        "lift-decision": {"cleo", "dan", "vera"},
        "ask-interim-control": office | above,
        "ask-subtask": office | {"cleo", "dan", "vera"},
        **{name: set() for name in ("take-subtask", "complete-subtask", "refuse-subtask")},
        "waive-subtask": heads | {"dan", "vera"},
        "withdraw-subtask": office | {"cleo", "dan", "vera"},
        "order": {"cleo", "dan", "vera"},
        "answer-order": office,
        "recommend": {"cleo", "dan", "vera"},
        **dict.fromkeys(("accept-recommendation", "refuse-recommendation"), office),
        "withdraw-order": set(),
        "carry-out-recommendation": office,
        "withdraw-recommendation": set(),
        "promise": office | {"dan", "vera"},
        "change-promise": set(),
        "review-cause": office | {"cleo", "dan", "vera"},
        "publish-lesson": {"dan"},
        "adopt": {"dan", "vera"},
        "follow-adoption": {"dan", "vera"},
        "next-step": office,
        "finish-step": office,
        "decide": {"dan"},
        "add-affected": office | above,
        "inform-affected": office | above,
        "waive-affected": heads | {"dan", "vera"},
        "rate-handling": {"alice"},
        "ask-question": office,
        "answer-question": office,
        "withdraw-question": office,
        "publish-result": (office & {"bob", "ben"}) | {"cleo", "dan", "vera"},
        "comment": office | checkers | {"dora"},
        "message-reporter": office,
    }[action]


@pytest.fixture
def cast(world: World) -> World:
    """The cast with a duty leader and a handler who heads nothing."""
    member_add(world, "dora", [(Role.DUTY_LEADER, None, False)], site=world.home)
    member_add(world, "hal", [(Role.HANDLER, "security", False)], site=world.home)
    return world


def situation(state: State) -> Situation:
    """Return a ticket of which every fact holds that has nothing to do with its state."""
    return Situation(ticket=Ticket(state=state), now=datetime.now(UTC), timers=())


def test_an_action_is_refused_first_to_whom_it_is_not_for_and_then_where_it_does_not_start() -> None:
    for state, action, relation in product(State, ACTIONS, Relation):
        refusal = replace(action, facts=()).refusal(situation=situation(state), relations={relation})
        if relation in action.refused:
            assert refusal is action.refused[relation]
        elif relation not in action.allowed:
            assert refusal is ActionNotAllowed
        else:
            assert refusal is (None if state in action.sources else ActionUnavailable), (state, action.name, relation)


def test_a_fact_that_does_not_hold_refuses_in_its_own_words() -> None:
    for action in ACTIONS:
        for fact in action.facts:
            only = replace(action, facts=(replace(fact, holds=lambda _situation: False),))
            (state, *_rest), (relation, *_others) = sorted(action.sources), sorted(action.allowed)
            assert only.refusal(situation=situation(State(state)), relations={relation}) is fact.refusal


def test_what_refuses_outweighs_what_allows() -> None:
    for action in ACTIONS:
        state = State(min(action.sources))
        for relation, error in action.refused.items():
            relations = {*action.allowed, relation}
            assert action.refusal(situation=situation(state), relations=relations) is error


def test_nobody_has_the_systems_own_action() -> None:
    people = set(Relation) - {Relation.SYSTEM}
    refusal = BY_NAME["route"].refusal(situation=situation(State.RECEIVED), relations=people)
    assert (refusal, BY_NAME["route"].is_for_people) == (ActionNotAllowed, False)
    assert Relation.SYSTEM in BY_NAME["resume"].allowed


def test_the_table_holds_what_was_agreed() -> None:
    assert {(str(before), str(after)) for before, after in state_changes()} == CHANGES
    assert state_changes() == tuple(STATE_CHANGES)
    assert {action.name: set(action.sources) for action in FOR_PEOPLE} == STARTS_FROM
    assert len(BY_NAME) == len(ACTIONS) == len(FOR_PEOPLE) + 1
    assert len({action.order for action in ACTIONS}) == len(ACTIONS), "two actions would be offered in either order"
    for name in ("confirm", "verify", "reject-fix"):
        assert BY_NAME[name].refused == {Relation.FIXER: FixerCannotVerify}
        assert not BY_NAME[name].allowed & {Relation.HANDLER, Relation.ASSIGNEE, Relation.OFFICE_HEAD}
    assert {action.name for action in ACTIONS if not action.checks_version} == {
        "acknowledge",
        "comment",
        "message-reporter",
    }
    assert Relation.BUREAU in BY_NAME["comment"].allowed


def test_a_clock_runs_until_what_it_waits_for_has_happened() -> None:
    running = {state.value: set(clocks) for state, clocks in CLOCKS_ARMED.items()}
    assert running == {
        "received": {"acknowledge", "act", "contain", "resolve", "answer", "result"},
        "routed": {"acknowledge", "act", "contain", "resolve", "answer", "result"},
        "acknowledged": {"act", "progress", "contain", "resolve", "silence", "result"},
        "in_progress": {"progress", "contain", "resolve", "silence", "result"},
        "waiting": {"progress", "contain", "wait", "result"},
        "resolved": {"verify"},
        "closed": set(),
        "declined": set(),
        "merged": set(),
    }
    assert {state.value: set(clocks) for state, clocks in CLOCKS_PAUSED.items()} == {"waiting": {"resolve"}}
    assert not any(CLOCKS_ARMED[state] & resting for state, resting in CLOCKS_PAUSED.items())


@pytest.fixture(scope="module")
def answered_over_http() -> set[tuple[str, str, int]]:
    """Who was answered what to which action over HTTP, in whatever state."""
    return set()


@pytest.mark.parametrize(("state", "category"), [*((state, "F02") for state in State), (State.ROUTED, URGENT)])
def test_every_action_of_everybody(
    cast: World, answered_over_http: set[tuple[str, str, int]], state: State, category: str
) -> None:
    """Of a fire nothing is contained yet and Vera proposed to decline it, while that is possible.

    Everybody tries everything in every state with the service behind every door, and over HTTP once for each action
    and answer: between the two nothing knows the state. What the answer shows does: each action that starts from a
    state is taken over HTTP there by somebody.
    """
    earlier = file_ticket(cast, routed=True)
    ticket_id = ticket_in(cast, state, category=category)
    if category == URGENT and state in OPEN_STATES:
        assert cast.vera.client.act(ticket_id, "propose-decline", note="A drill.").status_code == 200
    ticket = Ticket.objects.select_related("school__calendar").get(id=ticket_id)
    at = Situation(ticket=ticket, now=database_now())
    starts_from = {
        action: starts if state in starts and all(fact.holds(at) for fact in BY_NAME[action].facts) else set()
        for action, starts in STARTS_FROM.items()
    }
    office = {"cleo"} if state is State.RECEIVED else {"bob", "ben", "hal"}
    fixer = "bob" if state in {State.RESOLVED, State.CLOSED} else None
    proposer = {State.DECLINED: "bob"}.get(state, "vera" if category == URGENT else "")
    sees = office | {"alice", "cleo", "dan", "vera", "dora"}
    bodies = {action: body_of(cast, ticket, action, earlier) for action in STARTS_FROM}
    said = {action: said_of(action, body) for action, body in bodies.items()}
    taken: set[str] = set()
    for name, member in cast.members.items():
        allowed = {action for action in STARTS_FROM if name in may(action, office, fixer, proposer)}
        expected = {
            action: 404 if name not in sees else 403 if action not in allowed else OK if state in starts else 409
            for action, starts in starts_from.items()
        }
        refused = {action: status for action, status in expected.items() if status != OK}
        assert refusals_of_service(member, ticket, {action: said[action] for action in refused}) == refused, name
        over_http = {
            action: status
            for action, status in expected.items()
            if (name, action, status) not in answered_over_http or (status == OK and action not in taken)
        }
        answers = {action: answer_over_http(member, ticket, action, bodies[action]) for action in over_http}
        assert answers == over_http, name
        answered_over_http |= {(name, action, status) for action, status in answers.items()}
        taken |= {action for action, status in answers.items() if status == OK}
        for action in expected.keys() - refused.keys() - answers.keys():
            take_by_service(member, ticket, action, said[action])
        listed = member.client.get(f"tickets/{ticket_id}").data.get("available_actions", [])
        assert set(listed) == expected.keys() - refused.keys(), name


def body_of(world: World, ticket: Ticket, action: str, earlier: UUID) -> dict[str, Any]:
    """Return good words for an action."""
    assignee = world.cleo if ticket.state == State.RECEIVED else world.ben
    more: dict[str, Any] = {
        "assign": {"assignee": str(assignee.person.id)},
        "reclassify": {"place": str(world.home.places["teaching-building"].id)},
        **{
            name: {"office": str(world.home.units["facilities"].id)}
            for name in ("offer", "assign-office", "ask-subtask")
        },
        "wait": {"waiting_for": "Ming Lifts"},
        "cannot-solve": {"needed": "Money for a new door."},
        "promise": {"promised_for": (database_now() + HOUR).isoformat()},
        **{name: {"done_by": (database_now() + HOUR).isoformat()} for name in ("next-step", "adopt")},
        "merge": {"into": str(earlier)},
        "link": {"other": str(earlier), "link_as": "related"},
        "recommend": {"aim": "work"},
        "add-affected": {"affected": "parents"},
        "rate-handling": {"handled": "well"},
        "publish-result": {"what": "An exit was blocked."},
        **{name: {"control": "engineered"} for name in ("resolve", "fix-at-once")},
    }
    return {"note": "Seen.", **more.get(action, {})}


def said_of(action: str, body: dict[str, Any]) -> ActionInput:
    """Read the words as the API does."""
    given = input_serializer(BY_NAME[action])(data=body)
    given.is_valid(raise_exception=True)
    said: ActionInput = said_from(BY_NAME[action].said, given.validated_data)
    return said


def answer_over_http(member: Member, ticket: Ticket, action: str, body: dict[str, Any]) -> int:
    """Try an action and take it back; return the status of the answer."""
    with transaction.atomic():
        status = int(member.client.act(ticket.id, action, match=ticket.version, **body).status_code)
        transaction.set_rollback(True)
    return status


def refusals_of_service(member: Member, ticket: Ticket, said: dict[str, ActionInput]) -> dict[str, int]:
    """Return the status of the service's refusal of each action; to whom the ticket is not there, none is."""
    actor, now = member.actor, database_now()
    try:
        with transaction.atomic():
            found = ticket_lock(actor=actor, ticket_id=ticket.id)
    except NotFound as refusal:
        return dict.fromkeys(said, refusal.status)
    statuses = {}
    for action, words in said.items():
        with pytest.raises(DomainError) as refused, transaction.atomic():
            act_by_service(actor, found, action, words, now)
        statuses[action] = refused.value.status
    return statuses


def take_by_service(member: Member, ticket: Ticket, action: str, words: ActionInput) -> None:
    """Take an action with the service, and take it back."""
    with transaction.atomic():
        found = ticket_lock(actor=member.actor, ticket_id=ticket.id)
        act_by_service(member.actor, found, action, words, database_now())
        transaction.set_rollback(True)


def act_by_service(actor: Actor, found: Ticket, action: str, words: ActionInput, now: datetime) -> None:
    """Let somebody act on a ticket that was locked for them."""
    ticket_act_on(
        actor=actor,
        ticket_id=found.id,
        action=BY_NAME[action],
        said=lambda: words,
        now=now,
        lock=lambda **_who: found,
    )


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
        refused = nullcontext() if is_legal else pytest.raises(ProgrammingError, match="ticket_state_machine")
        with refused, transaction.atomic():
            set_state(ticket_id, after)
            transaction.set_rollback(True)


def test_the_database_opens_tickets_as_received_and_keeps_them(world: World) -> None:
    ticket = Ticket.objects.get(id=file_ticket(world))
    for state in State.values[1:]:
        copy = Ticket.objects.get(id=ticket.id)
        copy.pk, copy.reference, copy.state = None, f"COPY-{state[:4]}", state
        with pytest.raises(ProgrammingError, match="ticket_opens_as_received"), transaction.atomic():
            copy.save(force_insert=True)
    with (
        pytest.raises(ProgrammingError, match="ticket_is_never_deleted"),
        as_owner(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM workflow_ticket WHERE id = %s", [ticket.id])


def test_the_database_never_lets_a_seal_fall(world: World) -> None:
    ticket = Ticket.objects.get(id=file_ticket(world, category=STRICT))
    with pytest.raises(ProgrammingError, match="refused: UPDATE"), transaction.atomic():
        Ticket.objects.filter(id=ticket.id).update(seal="K1")
    assert Ticket.objects.filter(id=ticket.id).update(seal="K2") == 1


def test_the_page_about_the_states_is_current() -> None:
    call_command("state_machine_docs", check=True)
