"""Deciding over what an office cannot solve: what was decided above it, where, and what is provided."""

from dataclasses import dataclass

from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, line, text
from backend.workflow.change import TicketChange
from backend.workflow.errors_of_handing import AskerCannotDecide
from backend.workflow.facts import has_open
from backend.workflow.models import LONGEST_WORDS, PartOutcome
from backend.workflow.parts import PART_ENDED, part_end, part_named
from backend.workflow.policy import Relation
from backend.workflow.states import OVER, State

LONGEST_PROVIDED = 1000
LONGEST_PLACE = 120
LONGEST_DECISION = LONGEST_WORDS - LONGEST_PLACE - LONGEST_PROVIDED - len("\n\n")
"""So that all of it fits into the answer of the part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideInput(Reasoned):
    """The meeting that decided and when, what is provided, and what was decided."""

    note: str = text(required=True, longest=LONGEST_DECISION)
    decided_in: str = line(required=True, longest=LONGEST_PLACE)
    provided: str = text(required=True, longest=LONGEST_PROVIDED)


def _effect(change: TicketChange, said: DecideInput) -> None:
    part = part_named(change=change, part_id=None, kind=ClockName.DECISION, pointer="/note")
    answer = f"{said.decided_in}\n{said.note}\n{said.provided}"
    part_end(change=change, part=part, outcome=PartOutcome.DONE, answer=answer)


DECIDE = Action(
    name="decide",
    order=116,
    sources=frozenset(State) - OVER,
    allowed=frozenset({Relation.DECIDER}),
    refused={Relation.DECISION_ASKER: AskerCannotDecide},
    facts=(has_open(ClockName.DECISION),),
    said=DecideInput,
    effect=_effect,
    records=PART_ENDED,
    told=Told(reporter=True, assignee=True, role=Role.OFFICE_HEAD),
    in_bulk=False,
)
