"""Withdrawing a question that needs no answer any more; a link to it is dead with it."""

from dataclasses import dataclass
from uuid import UUID

from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.action_input import ActionInput, open_part
from backend.workflow.change import TicketChange
from backend.workflow.facts import has_open
from backend.workflow.models import PartOutcome
from backend.workflow.parts import PART_ENDED, part_end, part_named
from backend.workflow.relation_groups import NOT_OVER, OWNERS


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawQuestionInput(ActionInput):
    """The question that is meant."""

    question: UUID | None = open_part(kind=ClockName.QUESTION)


def _effect(change: TicketChange, said: WithdrawQuestionInput) -> None:
    part = part_named(change=change, part_id=said.question, kind=ClockName.QUESTION, pointer="/question")
    part_end(change=change, part=part, outcome=PartOutcome.WITHDRAWN, answer=said.note)


WITHDRAW_QUESTION = Action(
    name="withdraw-question",
    order=126,
    sources=NOT_OVER,
    allowed=OWNERS,
    facts=(has_open(ClockName.QUESTION),),
    said=WithdrawQuestionInput,
    effect=_effect,
    records=PART_ENDED,
    in_bulk=False,
)
