"""By the kind of event: whether what it tells still holds of its ticket when it is sent. Pure.

Every kind of which somebody is told stands in exactly one table for staff and one for reporters; a test walks them.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from backend.notifications.models import Notice
from backend.rulebook.ruleset import PARTS, ClockName
from backend.workflow.models import Ticket
from backend.workflow.relation_groups import NOT_OVER, UNSEEN, UNSOLVED
from backend.workflow.states import CLOCKS_ARMED, OVER, State


@dataclass(frozen=True, slots=True)
class Subject:
    """A ticket with its school as it is now, whom it concerns, and the clocks of which a rung was missed.

    `settled` are the kinds of what was asked about it of which nothing is open any more. Where it was merged into
    another one, `goes_on` is the state of that one, and what is asked there counts too.
    """

    ticket: Ticket
    concerned: Collection[UUID]
    missed: Collection[str]
    settled: Collection[str]
    goes_on: State


Holds = Callable[[Notice, Subject], bool]


def _in(*states: State) -> Holds:
    return lambda _notice, at: at.ticket.state in states


def _asked(kind: ClockName) -> Holds:
    return lambda _notice, at: kind not in at.settled


def _goes_on_in(*states: State) -> Holds:
    return lambda _notice, at: at.goes_on in states


STILL: Mapping[str, Holds] = {
    "assign": lambda notice, at: at.ticket.assignee_id == notice.person_id and at.ticket.state in UNSOLVED,
    "escalated": lambda _notice, at: (
        at.ticket.state in UNSEEN or not {*CLOCKS_ARMED[State(at.ticket.state)], *PARTS}.isdisjoint(at.missed)
    ),
    "offer": _asked(ClockName.OFFER),
    "order": _asked(ClockName.ORDER),
    "recommend": _asked(ClockName.RECOMMENDATION),
    "ask-subtask": _asked(ClockName.SUBTASK),
    "ask-interim-control": _asked(ClockName.SUBTASK),
    "promise": _asked(ClockName.PROMISE),
    "change-promise": _asked(ClockName.PROMISE),
    "next-step": _asked(ClockName.STEP),
    "adopt": _asked(ClockName.ADOPTION),
    "wait": _in(State.WAITING),
    "resume": _in(*UNSOLVED - {State.WAITING}),
    "cannot-solve": lambda _notice, at: ClockName.DECISION not in at.settled and at.ticket.state in UNSOLVED,
    "refuse-subtask": _in(*UNSOLVED),
    "contain": _in(*UNSOLVED),
    "resolve": _in(State.RESOLVED),
    "fix-at-once": _in(State.RESOLVED),
    "verify": _in(State.CLOSED),
    "reject-fix": _in(*UNSOLVED),
    "reopen": _in(*UNSOLVED),
    "propose-lowering": lambda _notice, at: at.ticket.lowering_id is not None,
    "propose-decline": lambda _notice, at: at.ticket.declining_id is not None,
    "confirm-decline": _in(State.DECLINED),
    "refuse-decline": _in(*UNSOLVED),
    "contest-decline": _in(*UNSOLVED),
    "assignee-left": lambda _notice, at: at.ticket.assignee_id is None and at.ticket.state in UNSOLVED,
    "withdraw": _in(State.CLOSED),
    "merge": _in(State.MERGED),
    "unmerge": _in(*UNSOLVED),
    "lapsed": _in(*OVER),
}
"""The kinds told to staff, with what has to be so of the ticket."""

STAYS_TRUE = frozenset(
    {
        *("route", "comment", "progress", "confirm", "rate-handling", "amend", "reclassify", "clocks-moved"),
        *("accept-offer", "refuse-offer", "withdraw-offer", "assign-office", "lift-decision"),
        *("complete-subtask", "waive-subtask", "withdraw-subtask", "answer-order", "withdraw-order", "decide"),
        *("accept-recommendation", "refuse-recommendation", "carry-out-recommendation", "withdraw-recommendation"),
        *("confirm-lowering", "refuse-lowering", "propose-disclosure", "disclose-name"),
        *("answer-question", "answered-by-link", "withdraw-question"),
        *("merged-here", "unmerged-here", "finish-step", "review-cause", "publish-lesson"),
        *("follow-adoption", "adopter-left"),
    }
)
"""The kinds that tell staff of something that happened, whatever followed; of a new report, what can be done now."""

TOLD_WHEN_OVER = frozenset(
    {
        *("verify", "confirm-decline", "withdraw", "comment", "reclassify", "confirm-lowering", "refuse-lowering"),
        *("amend", "confirm", "merge", "merged-here", "lapsed", "rate-handling", "review-cause", "publish-lesson"),
        *("carry-out-recommendation", "withdraw-recommendation", "propose-disclosure", "disclose-name"),
    }
)
"""The news that is worth telling staff of a ticket that is over; whatever else asks for something."""

STILL_TO_REPORTER: Mapping[str, Holds] = {
    "acknowledge": _goes_on_in(*UNSOLVED),
    "contain": _goes_on_in(*UNSOLVED),
    "resolve": _goes_on_in(State.RESOLVED),
    "fix-at-once": _goes_on_in(State.RESOLVED),
    "verify": _goes_on_in(State.CLOSED),
    "confirm": _goes_on_in(State.CLOSED),
    "confirm-decline": _goes_on_in(State.DECLINED),
    "refuse-decline": _goes_on_in(*NOT_OVER),
    "promise": _asked(ClockName.PROMISE),
    "change-promise": _asked(ClockName.PROMISE),
    "ask-question": _asked(ClockName.QUESTION),
    "merge": _in(State.MERGED),
    "unmerge": lambda _notice, at: at.ticket.state != State.MERGED,
}
"""The kinds told to whoever reported it, with what has to be so."""

STAYS_TRUE_TO_REPORTER = frozenset(
    {
        "comment",
        "progress",
        "decide",
        "reclassify",
        "merged-here",
        "unmerged-here",
        "split",
        "publish-result",
        "disclose-name",
    }
)
"""The kinds that tell a reporter of something that happened, whatever followed."""
