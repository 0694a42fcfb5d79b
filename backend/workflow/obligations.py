"""The obligations on a ticket: who owes which action by when, from its state and its running clocks. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from backend.deadlines.models import Timer
from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName, Confidentiality
from backend.workflow.facts import DECLINE_PROPOSED, LOWERING_PROPOSED, Situation
from backend.workflow.models import Ticket
from backend.workflow.policy import seal_keepers
from backend.workflow.relation_groups import OPEN
from backend.workflow.states import OVER, State


@dataclass(frozen=True, slots=True)
class Obligation:
    """One action that somebody owes by an instant (None: no clock runs on it).

    It is owed by one person, or by whoever holds the role: in the office where one is named, else in the whole school.
    What a second person decides is never owed by whoever proposed it; where two roles stand, either of them decides.
    What is asked by a part (`part_id`) names the person or office (`asked_of`), if it is not whoever has the ticket.
    """

    action: str
    due_at: datetime | None
    role: Role | None = None
    office_id: UUID | None = None
    person_id: UUID | None = None
    part_id: UUID | None = None
    asked_of: str = ""


ENDS_CLOCK: Mapping[ClockName, str] = {
    ClockName.ACKNOWLEDGE: "acknowledge",
    ClockName.ACT: "start",
    ClockName.CONTAIN: "contain",
    ClockName.PROGRESS: "progress",
    ClockName.RESOLVE: "resolve",
    ClockName.WAIT: "resume",
    ClockName.VERIFY: "verify",
    ClockName.SILENCE: "progress",
    ClockName.ORDER: "answer-order",
    ClockName.OFFER: "accept-offer",
    ClockName.SUBTASK: "complete-subtask",
    ClockName.PROMISE: "resolve",
    ClockName.DECISION: "decide",
    ClockName.QUESTION: "answer-question",
    ClockName.STEP: "finish-step",
    ClockName.REVIEW: "review-cause",
    ClockName.ADOPTION: "follow-adoption",
    ClockName.RECOMMENDATION: "accept-recommendation",
    ClockName.IMPROVEMENT: "carry-out-recommendation",
}
"""The action that each clock waits for; the upper bounds for an answer and a result have none of their own."""


def obligations_of(situation: Situation) -> tuple[Obligation, ...]:
    """Return who owes what on a ticket, the soonest due first; on one that is over, at most a second person's word."""
    found = [
        *_by_clocks(situation),
        *_by_parts(situation),
        *_untold(situation),
        *_decision(situation),
        *_lowering(situation),
    ]
    return tuple(sorted(found, key=lambda owed: (owed.due_at is None, owed.due_at or situation.now, owed.action)))


def _by_clocks(situation: Situation) -> Iterator[Obligation]:
    """Yield what each clock waits for; where two wait for the same, as for a word, by when the earlier one is due."""
    running = [timer for timer in situation.timers if timer.armed and timer.clock in ENDS_CLOCK]
    first: dict[str, Timer] = {}
    for timer in sorted(running, key=lambda timer: timer.ladder[0]):
        first.setdefault(ENDS_CLOCK[ClockName(timer.clock)], timer)
    for timer in first.values():
        yield _owed(situation.ticket, ClockName(timer.clock), timer.ladder[0])


def _by_parts(situation: Situation) -> Iterator[Obligation]:
    """Yield what is asked of somebody: of a person, an office or a role, else of whoever has the ticket in hand.

    What one of an asked office took on is still owed by all of it, under the name of whoever does it.
    """
    for part in situation.parts:
        clock = ClockName(part.kind)
        if part.person_id or part.office_id or part.role:
            role = Role(part.role) if part.role else Role.HANDLER if part.office_id else None
            asked_of = part.person or part.office
            yield Obligation(
                ENDS_CLOCK[clock],
                part.due_at,
                role,
                part.office_id,
                None if part.office_id else part.person_id,
                part.id,
                asked_of.name if asked_of else "",
            )
        else:
            yield replace(_owed(situation.ticket, clock, part.due_at), part_id=part.id)


def _owed(ticket: Ticket, clock: ClockName, due_at: datetime) -> Obligation:
    action = ENDS_CLOCK[clock]
    is_sealed = ticket.confidentiality == Confidentiality.K2
    if clock is ClockName.VERIFY:
        return Obligation(action, due_at, role=Role.PRINCIPAL if is_sealed else Role.COORDINATOR)
    if is_sealed and ticket.assignee_id is None:
        return Obligation(action, due_at, role=Role.PROTECTION_LEAD)
    if clock is ClockName.WAIT and not is_sealed:
        return Obligation(action, due_at, role=Role.OFFICE_HEAD, office_id=ticket.owner_id)
    if ticket.assignee_id is not None and (is_sealed or clock is not ClockName.ACKNOWLEDGE):
        return Obligation(action, due_at, person_id=ticket.assignee_id)
    return Obligation(action, due_at, role=Role.HANDLER, office_id=ticket.owner_id)


def _untold(situation: Situation) -> Iterator[Obligation]:
    """Yield that whoever has the ticket in hand has to tell those affected; without it nobody can close it."""
    ticket = situation.ticket
    if ticket.untold_count and ticket.state not in OVER:
        in_hand = _owed(ticket, ClockName.RESOLVE, situation.now)
        yield replace(in_hand, action="inform-affected", due_at=None)


def _decision(situation: Situation) -> Iterator[Obligation]:
    """Yield that somebody other than the proposer has to decide over declining it."""
    ticket = situation.ticket
    if State(ticket.state) in OPEN and DECLINE_PROPOSED.holds(situation):
        is_sealed = ticket.confidentiality == Confidentiality.K2
        yield Obligation("confirm-decline", None, role=Role.PROTECTION_LEAD if is_sealed else Role.COORDINATOR)


def _lowering(situation: Situation) -> Iterator[Obligation]:
    """Yield that one of those who keep its seal has to decide whether more people see it."""
    if LOWERING_PROPOSED.holds(situation):
        for role in seal_keepers(confidentiality=situation.ticket.confidentiality):
            yield Obligation("confirm-lowering", None, role=role)
