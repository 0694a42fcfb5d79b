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
    WAITING = "waiting", _("Waiting for somebody outside")
    RESOLVED = "resolved", _("Resolved, to be verified")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")


class Action(models.TextChoices):
    """What can be done to a ticket; `route` is the system's own."""

    ROUTE = "route", _("Route")
    ACKNOWLEDGE = "acknowledge", _("Acknowledge")
    ASSIGN = "assign", _("Assign")
    RECORD_INTERIM_CONTROL = "record-interim-control", _("Record what was done at once")
    START = "start", _("Start work")
    WAIT = "wait", _("Wait for somebody outside")
    RESUME = "resume", _("Go on with the work")
    RESOLVE = "resolve", _("Resolve")
    VERIFY = "verify", _("Verify and close")
    REJECT_FIX = "reject-fix", _("Not fixed: send back")
    REOPEN = "reopen", _("Reopen")
    PROGRESS = "progress", _("Report progress")
    CONTAIN = "contain", _("Report it contained")
    RECLASSIFY = "reclassify", _("Correct severity, category, class or place")
    PROPOSE_DECLINE = "propose-decline", _("Propose to decline it")
    CONFIRM_DECLINE = "confirm-decline", _("Decline it")
    REFUSE_DECLINE = "refuse-decline", _("Do not decline it")
    CONTEST_DECLINE = "contest-decline", _("Contest the declining")
    WITHDRAW = "withdraw", _("Withdraw the report")
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
    PROPOSER = "proposer"


class Evidence(models.TextChoices):
    """What an action cannot be taken without."""

    NOTE = "note"
    ASSIGNEE = "assignee"
    PARTY = "waiting_for"


class Fact(models.TextChoices):
    """What can hold of a ticket besides its state."""

    URGENT_UNCONTAINED = "urgent_uncontained", _("urgent, not contained yet")
    DECLINE_PROPOSED = "decline_proposed", _("declining is proposed")
    WAS_RESOLVED = "was_resolved", _("was resolved, not withdrawn")
    NO_DECLINE_PROPOSED = "no_decline_proposed", _("declining is not proposed")
    MAY_WAIT = "may_wait", _("its rules let it wait")


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: an action, the states it starts from, where it leads (None: the state stays), who may and who never.

    `facts` is what else has to hold of the ticket.
    """

    action: Action
    sources: frozenset[State]
    target: State | None
    allowed: frozenset[Relation]
    refused: frozenset[Relation] = frozenset()
    evidence: frozenset[Evidence] = frozenset()
    facts: frozenset[Fact] = frozenset()
    checks_version: bool = True


OWNERS = frozenset({Relation.HANDLER, Relation.OFFICE_HEAD, Relation.ASSIGNEE, Relation.CASE_LEAD})
ABOVE = frozenset({Relation.COORDINATOR, Relation.DUTY_LEADER, Relation.LEADER})
VERIFIERS = frozenset({Relation.COORDINATOR, Relation.LEADER, Relation.REPORTER})
EVERYBODY = frozenset(Relation) - {Relation.SYSTEM}
CORRECTORS = frozenset({Relation.HANDLER, Relation.OFFICE_HEAD, Relation.CASE_LEAD}) | ABOVE
LOWERERS = frozenset({Relation.OFFICE_HEAD, Relation.CASE_LEAD, Relation.DUTY_LEADER, Relation.LEADER})
"""Who may make a ticket less urgent or open it to more people; the other correctors only the opposite."""
DECLINERS = frozenset({Relation.COORDINATOR, Relation.LEADER, Relation.CASE_LEAD})
UNSEEN = frozenset({State.RECEIVED, State.ROUTED})
"""Until somebody acknowledges it, a report is still its reporter's to change."""
OPEN = UNSEEN | {State.ACKNOWLEDGED, State.IN_PROGRESS}
UNSOLVED = OPEN | {State.WAITING}
HEADS = frozenset({Relation.OFFICE_HEAD, Relation.CASE_LEAD, Relation.COORDINATOR, Relation.LEADER})
"""Who decides over the work of an office: who takes it on, and whether it may wait."""

TRANSITIONS: tuple[Transition, ...] = (
    Transition(Action.ROUTE, frozenset({State.RECEIVED}), State.ROUTED, frozenset({Relation.SYSTEM})),
    Transition(Action.ACKNOWLEDGE, UNSEEN, State.ACKNOWLEDGED, OWNERS | ABOVE, checks_version=False),
    Transition(
        Action.ASSIGN,
        UNSOLVED,
        None,
        HEADS,
        evidence=frozenset({Evidence.ASSIGNEE}),
    ),
    Transition(
        Action.RECORD_INTERIM_CONTROL,
        UNSOLVED,
        None,
        OWNERS | ABOVE,
        evidence=frozenset({Evidence.NOTE}),
    ),
    Transition(Action.START, frozenset({State.ACKNOWLEDGED}), State.IN_PROGRESS, OWNERS),
    Transition(
        Action.WAIT,
        frozenset({State.IN_PROGRESS}),
        State.WAITING,
        HEADS,
        evidence=frozenset({Evidence.NOTE, Evidence.PARTY}),
        facts=frozenset({Fact.MAY_WAIT}),
    ),
    Transition(
        Action.RESUME,
        frozenset({State.WAITING}),
        State.IN_PROGRESS,
        OWNERS | ABOVE | {Relation.SYSTEM},
    ),
    Transition(
        Action.RESOLVE,
        frozenset({State.IN_PROGRESS, State.WAITING}),
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
        facts=frozenset({Fact.WAS_RESOLVED}),
    ),
    Transition(
        Action.PROGRESS,
        frozenset({State.ACKNOWLEDGED, State.IN_PROGRESS, State.WAITING}),
        None,
        OWNERS | ABOVE,
        evidence=frozenset({Evidence.NOTE}),
    ),
    Transition(
        Action.CONTAIN,
        OPEN,
        None,
        OWNERS | ABOVE,
        evidence=frozenset({Evidence.NOTE}),
        facts=frozenset({Fact.URGENT_UNCONTAINED}),
    ),
    Transition(
        Action.RECLASSIFY,
        frozenset(State),
        None,
        CORRECTORS,
        evidence=frozenset({Evidence.NOTE}),
    ),
    Transition(
        Action.PROPOSE_DECLINE,
        OPEN,
        None,
        DECLINERS | {Relation.HANDLER, Relation.OFFICE_HEAD},
        evidence=frozenset({Evidence.NOTE}),
        facts=frozenset({Fact.NO_DECLINE_PROPOSED}),
    ),
    Transition(
        Action.CONFIRM_DECLINE,
        OPEN,
        State.DECLINED,
        DECLINERS,
        refused=frozenset({Relation.PROPOSER}),
        facts=frozenset({Fact.DECLINE_PROPOSED}),
    ),
    Transition(
        Action.REFUSE_DECLINE,
        OPEN,
        None,
        DECLINERS,
        evidence=frozenset({Evidence.NOTE}),
        facts=frozenset({Fact.DECLINE_PROPOSED}),
    ),
    Transition(
        Action.CONTEST_DECLINE,
        frozenset({State.DECLINED}),
        State.RECEIVED,
        frozenset({Relation.REPORTER}),
        evidence=frozenset({Evidence.NOTE}),
    ),
    Transition(Action.WITHDRAW, UNSEEN, State.CLOSED, frozenset({Relation.REPORTER})),
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

CLOCKS_UNSEEN = frozenset(
    {
        ClockName.ACKNOWLEDGE,
        ClockName.ACT,
        ClockName.CONTAIN,
        ClockName.RESOLVE,
        ClockName.ANSWER,
        ClockName.RESULT,
    }
)
CLOCKS_ARMED: dict[State, frozenset[ClockName]] = {
    State.RECEIVED: CLOCKS_UNSEEN,
    State.ROUTED: CLOCKS_UNSEEN,
    State.ACKNOWLEDGED: frozenset(
        {ClockName.ACT, ClockName.PROGRESS, ClockName.CONTAIN, ClockName.RESOLVE, ClockName.RESULT}
    ),
    State.IN_PROGRESS: frozenset({ClockName.PROGRESS, ClockName.CONTAIN, ClockName.RESOLVE, ClockName.RESULT}),
    State.WAITING: frozenset({ClockName.PROGRESS, ClockName.CONTAIN, ClockName.WAIT, ClockName.RESULT}),
    State.RESOLVED: frozenset({ClockName.VERIFY}),
    State.CLOSED: frozenset(),
    State.DECLINED: frozenset(),
}
"""Which clocks run in each state, as far as the rules have them; what was contained needs no clock for containing."""
CLOCKS_PAUSED: dict[State, frozenset[ClockName]] = {State.WAITING: frozenset({ClockName.RESOLVE})}
"""Which clocks rest in a state: they keep the work that is left, and go on with it afterwards."""


def is_allowed(transition: Transition, relations: Collection[Relation]) -> bool:
    """Say whether somebody with these relations may take the action: one that allows and none that refuses."""
    held = frozenset(relations)
    return bool(held & transition.allowed) and not held & transition.refused


def actions_available(state: State, relations: Collection[Relation], facts: Collection[Fact]) -> tuple[Action, ...]:
    """Return the actions open to somebody with these relations, by a ticket's state and facts, in the table's order."""
    return tuple(
        transition.action
        for transition in TRANSITIONS
        if state in transition.sources and transition.facts <= frozenset(facts) and is_allowed(transition, relations)
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
