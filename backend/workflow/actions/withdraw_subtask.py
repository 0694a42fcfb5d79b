"""Withdrawing a sub-task that is not needed after all, with the reason."""

from dataclasses import dataclass
from uuid import UUID

from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned, open_part
from backend.workflow.change import TicketChange
from backend.workflow.facts import has_open
from backend.workflow.models import PartOutcome
from backend.workflow.parts import part_end, part_named
from backend.workflow.relation_groups import HANDED, HEADS, OFFICE
from backend.workflow.supporting import SUPPORT_ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawSubtaskInput(Reasoned):
    """The reason, and which sub-task."""

    subtask: UUID | None = open_part(kind=ClockName.SUBTASK)


def _effect(change: TicketChange, said: WithdrawSubtaskInput) -> None:
    part = part_named(change=change, part_id=said.subtask, kind=ClockName.SUBTASK, pointer="/subtask")
    part_end(change=change, part=part, outcome=PartOutcome.WITHDRAWN, answer=said.note)
    change.says(office=str(part.office_id))


WITHDRAW_SUBTASK = Action(
    name="withdraw-subtask",
    order=121,
    sources=HANDED,
    allowed=OFFICE | HEADS,
    facts=(has_open(ClockName.SUBTASK),),
    said=WithdrawSubtaskInput,
    effect=_effect,
    records=SUPPORT_ENDED,
    in_bulk=False,
)
