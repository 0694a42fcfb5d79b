"""Waiving a sub-task: somebody who answers for the work decides that it goes on without that, and says why."""

from dataclasses import dataclass
from uuid import UUID

from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned, open_part
from backend.workflow.change import TicketChange
from backend.workflow.facts import SUBTASK_UNSETTLED
from backend.workflow.models import PartOutcome
from backend.workflow.parts import part_among, part_end
from backend.workflow.relation_groups import HANDED, HEADS
from backend.workflow.supporting import SUPPORT_ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveSubtaskInput(Reasoned):
    """The reason, and which sub-task: one that is open, or that was refused."""

    waived: UUID | None = open_part(kind=ClockName.SUBTASK, name="waived")


def _effect(change: TicketChange, said: WaiveSubtaskInput) -> None:
    """End it; the words by which an office refused it stay in the ledger alone, where an erasure finds them."""
    part = part_among(parts=change.situation.subtasks, part_id=said.waived, pointer="/waived")
    part_end(change=change, part=part, outcome=PartOutcome.WAIVED, answer=said.note)
    change.says(office=str(part.office_id))


WAIVE_SUBTASK = Action(
    name="waive-subtask",
    order=122,
    sources=HANDED,
    allowed=HEADS,
    facts=(SUBTASK_UNSETTLED,),
    said=WaiveSubtaskInput,
    effect=_effect,
    records=SUPPORT_ENDED,
    in_bulk=False,
)
