"""Answering a supervision order; whoever gave it hears the answer."""

from dataclasses import dataclass
from uuid import UUID

from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned, open_part
from backend.workflow.change import TicketChange
from backend.workflow.facts import has_open
from backend.workflow.models import PartOutcome
from backend.workflow.parts import PART_ENDED, part_end, part_named
from backend.workflow.relation_groups import OWNERS
from backend.workflow.states import OVER, State


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOrderInput(Reasoned):
    """The answer, and to which order."""

    order: UUID | None = open_part(kind=ClockName.ORDER)


def _effect(change: TicketChange, said: AnswerOrderInput) -> None:
    part = part_named(change=change, part_id=said.order, kind=ClockName.ORDER, pointer="/order")
    part_end(change=change, part=part, outcome=PartOutcome.DONE, answer=said.note)


ANSWER_ORDER = Action(
    name="answer-order",
    order=35,
    sources=frozenset(State) - OVER,
    allowed=OWNERS,
    facts=(has_open(ClockName.ORDER),),
    said=AnswerOrderInput,
    effect=_effect,
    records=PART_ENDED,
    in_bulk=False,
)
