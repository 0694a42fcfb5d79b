"""Saying that the office cannot solve it: why, and what is needed; the next rung of the ladder hears at once."""

from dataclasses import dataclass, replace
from functools import partial

from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName, Confidentiality, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned, text
from backend.workflow.change import TicketChange
from backend.workflow.errors import NobodyAbove, NobodyReachable
from backend.workflow.facts import ROOM_FOR_PARTS, Fact, Situation, parts_open
from backend.workflow.ledger import Sensitivity
from backend.workflow.models import TicketGrant, TicketPart
from backend.workflow.parts import PART_ASKED, part_ask
from backend.workflow.recipients import Audience, ladder_length, level_after, rung_reach
from backend.workflow.relation_groups import OWNERS
from backend.workflow.states import State

LONGEST_NEED = 1000
DECIDERS = (Role.BOARD_CHAIR, Role.PRINCIPAL, Role.BUREAU_OFFICER)
"""The roles at which the ladder ends in a decision; the bureau hears of it, but the school's head answers for it.

The bureau answers for it where the school has no head, or where it concerns them or they ask for it themselves.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CannotSolveInput(Reasoned):
    """The reason why the office cannot solve it, and what is needed."""

    needed: str = text(required=True, longest=LONGEST_NEED)


def _somebody_above(at: Situation) -> bool:
    """Say whether a higher rung is left, or those at the top have not heard yet that the office cannot solve it."""
    ticket = at.ticket
    ruleset = ruleset_get(ticket.rulebook_id)
    if ticket.confidentiality == Confidentiality.K2:
        length = len(ruleset.protection_rungs)
    else:
        clocks = ruleset.clocks_of(category=ticket.category, severity=Severity(ticket.severity))
        length = len(clocks[ClockName.RESOLVE].rungs)
    return ticket.level < length or not ticket.events.filter(kind="cannot-solve").exists()


SOMEBODY_ABOVE = Fact("somebody above has not heard of it", _somebody_above, NobodyAbove)


def _effect(change: TicketChange, said: CannotSolveInput) -> None:
    """Raise the ticket by one rung of the ladder of its time to solve; whoever says so is not asked themselves.

    Where nobody above can be reached it is refused: whoever says so would take it for told.

    Further rungs that would reach the same people only, as where somebody stands in, are climbed at once: nobody is
    asked twice for what they have just heard.
    """
    ticket = change.ticket
    audience, ruleset = Audience(tickets=[ticket], now=change.now), ruleset_get(ticket.rulebook_id)
    subject = audience.subject_of(ticket)
    subject = replace(subject, besides=frozenset({change.actor.person_id}))
    length = ladder_length(ruleset=ruleset, subject=subject, clock=ClockName.RESOLVE)
    reach = partial(rung_reach, directory=audience.directory, ruleset=ruleset, subject=subject, clock=ClockName.RESOLVE)
    reached = reach(rung=ticket.level)
    if not reached.people:
        raise NobodyReachable
    rung = reached.rung
    while rung + 1 < length and set(reach(rung=rung + 1).people) <= set(reached.people):
        rung += 1
    ticket.level = level_after(level=ticket.level, rung=rung, ladder_length=length)
    ticket.paged = list(reached.people)
    change.opens_to(reached.answers, TicketGrant.Reason.LADDER)
    change.says(level=ticket.level, reached=[str(person) for person in reached.people])
    change.tells(reached.people)
    if asked := next((role for role in DECIDERS if role in reached.roles), None):
        principals = audience.directory.holders(role=Role.PRINCIPAL, school_id=ticket.school_id, unit_id=None)
        if asked is not Role.BOARD_CHAIR and not set(principals) <= subject.excluded | subject.besides:
            asked = Role.PRINCIPAL
        _ask_decision(change, said.needed, asked)


def _ask_decision(change: TicketChange, needed: str, role: Role) -> None:
    """Ask for a decision where whoever can decide has heard, unless it is asked for already."""
    if any(parts_open(change.situation, ClockName.DECISION)):
        return
    part = TicketPart(
        ticket=change.ticket,
        kind=ClockName.DECISION,
        role=role,
        asked_by_id=change.actor.person_id,
        asked_at=change.now,
        words=needed,
    )
    part_ask(change=change, part=part, until=None)


CANNOT_SOLVE = Action(
    name="cannot-solve",
    order=115,
    sources=frozenset({State.ACKNOWLEDGED, State.IN_PROGRESS, State.WAITING}),
    allowed=OWNERS,
    facts=(SOMEBODY_ABOVE, ROOM_FOR_PARTS),
    said=CannotSolveInput,
    effect=_effect,
    records={**PART_ASKED, "level": Sensitivity.PLAIN, "reached": Sensitivity.PERSON},
    in_bulk=False,
    is_work=True,
)
