"""The state machine of a ticket as one frozen table; permissions, trigger, diagram and test are made from it. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.rulebook.ruleset import ClockName


class State(models.TextChoices):
    """Where a ticket stands; clients must expect further states to be added."""

    RECEIVED = "received", _("Received")
    ROUTED = "routed", _("With the office")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    IN_PROGRESS = "in_progress", _("In progress")
    RESOLVED = "resolved", _("Resolved, to be verified")
    CLOSED = "closed", _("Closed")


class Action(models.TextChoices):
    """What can be done to a ticket; `route` is the system's own."""

    ROUTE = "route", _("Route")
    ACKNOWLEDGE = "acknowledge", _("Acknowledge")
    ASSIGN = "assign", _("Assign")
    RECORD_INTERIM_CONTROL = "record-interim-control", _("Record what was done at once")
    START = "start", _("Start work")
    RESOLVE = "resolve", _("Resolve")
    VERIFY = "verify", _("Verify and close")
    REJECT_FIX = "reject-fix", _("Not fixed: send back")
    REOPEN = "reopen", _("Reopen")
    COMMENT = "comment", _("Comment")


class Relation(models.TextChoices):
    """How an actor stands to a ticket; one actor can stand in several ways."""

    SYSTEM = "system"
    REPORTER = "reporter"
    HANDLER = "handler"
    OFFICE_HEAD = "office_head"
    ASSIGNEE = "assignee"
    FIXER = "fixer"
    COORDINATOR = "coordinator"
    DUTY_LEADER = "duty_leader"
    LEADER = "leader"
    CASE_LEAD = "case_lead"
    BUREAU = "bureau"


class Evidence(models.TextChoices):
    """What an action cannot be taken without."""

    NOTE = "note"
    ASSIGNEE = "assignee"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: an action, the states it starts from, where it leads (None: the state stays), who may and who never."""

    action: Action
    sources: frozenset[State]
    target: State | None
    allowed: frozenset[Relation]
    refused: frozenset[Relation] = frozenset()
    evidence: frozenset[Evidence] = frozenset()
    checks_version: bool = True


OWNERS = frozenset({Relation.HANDLER, Relation.OFFICE_HEAD, Relation.ASSIGNEE, Relation.CASE_LEAD})
ABOVE = frozenset({Relation.COORDINATOR, Relation.DUTY_LEADER, Relation.LEADER})
VERIFIERS = frozenset({Relation.COORDINATOR, Relation.LEADER, Relation.REPORTER})
EVERYBODY = frozenset(Relation) - {Relation.SYSTEM}
OPEN = frozenset({State.RECEIVED, State.ROUTED, State.ACKNOWLEDGED, State.IN_PROGRESS})

TRANSITIONS: tuple[Transition, ...] = (
    Transition(Action.ROUTE, frozenset({State.RECEIVED}), State.ROUTED, frozenset({Relation.SYSTEM})),
    Transition(
        Action.ACKNOWLEDGE,
        frozenset({State.RECEIVED, State.ROUTED}),
        State.ACKNOWLEDGED,
        OWNERS | ABOVE,
        checks_version=False,
    ),
    Transition(
        Action.ASSIGN,
        OPEN,
        None,
        frozenset({Relation.OFFICE_HEAD, Relation.CASE_LEAD, Relation.COORDINATOR, Relation.LEADER}),
        evidence=frozenset({Evidence.ASSIGNEE}),
    ),
    Transition(
        Action.RECORD_INTERIM_CONTROL,
        OPEN,
        None,
        OWNERS | ABOVE,
        evidence=frozenset({Evidence.NOTE}),
    ),
    Transition(Action.START, frozenset({State.ACKNOWLEDGED}), State.IN_PROGRESS, OWNERS),
    Transition(
        Action.RESOLVE,
        frozenset({State.IN_PROGRESS}),
        State.RESOLVED,
        OWNERS,
        evidence=frozenset({Evidence.NOTE}),
    ),
    Transition(
        Action.VERIFY,
        frozenset({State.RESOLVED}),
        State.CLOSED,
        VERIFIERS,
        refused=frozenset({Relation.FIXER}),
        evidence=frozenset({Evidence.NOTE}),
    ),
    Transition(
        Action.REJECT_FIX,
        frozenset({State.RESOLVED}),
        State.IN_PROGRESS,
        VERIFIERS,
        refused=frozenset({Relation.FIXER}),
        evidence=frozenset({Evidence.NOTE}),
    ),
    Transition(
        Action.REOPEN,
        frozenset({State.CLOSED}),
        State.IN_PROGRESS,
        frozenset({Relation.REPORTER, Relation.COORDINATOR, Relation.LEADER}),
        evidence=frozenset({Evidence.NOTE}),
    ),
    Transition(
        Action.COMMENT,
        frozenset(State),
        None,
        EVERYBODY,
        evidence=frozenset({Evidence.NOTE}),
        checks_version=False,
    ),
)
BY_ACTION: dict[Action, Transition] = {transition.action: transition for transition in TRANSITIONS}

CLOCKS_ARMED: dict[State, frozenset[ClockName]] = {
    State.RECEIVED: frozenset({ClockName.ACKNOWLEDGE, ClockName.ACT, ClockName.RESOLVE}),
    State.ROUTED: frozenset({ClockName.ACKNOWLEDGE, ClockName.ACT, ClockName.RESOLVE}),
    State.ACKNOWLEDGED: frozenset({ClockName.ACT, ClockName.RESOLVE}),
    State.IN_PROGRESS: frozenset({ClockName.RESOLVE}),
    State.RESOLVED: frozenset({ClockName.VERIFY}),
    State.CLOSED: frozenset(),
}
"""Which clocks run in each state; a change of state stops and arms exactly the difference."""


def is_allowed(transition: Transition, relations: Collection[Relation]) -> bool:
    """Say whether somebody with these relations may take the action: one that allows and none that refuses."""
    held = frozenset(relations)
    return bool(held & transition.allowed) and not held & transition.refused


def actions_available(state: State, relations: Collection[Relation]) -> tuple[Action, ...]:
    """Return the actions open to somebody with these relations in this state, in the order of the table."""
    return tuple(
        transition.action
        for transition in TRANSITIONS
        if state in transition.sources and is_allowed(transition, relations)
    )


def state_changes() -> tuple[tuple[State, State], ...]:
    """Return every change of state the table knows, as the database trigger lets it pass."""
    pairs = {
        (source, transition.target)
        for transition in TRANSITIONS
        for source in transition.sources
        if transition.target is not None
    }
    order = list(State)
    return tuple(sorted(pairs, key=lambda pair: (order.index(pair[0]), order.index(pair[1]))))
