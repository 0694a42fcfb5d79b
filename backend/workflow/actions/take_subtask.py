"""Taking a sub-task on: who of the asked office does it; all of the office still owes it."""

from dataclasses import dataclass
from uuid import UUID

from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.action_input import ActionInput, open_part
from backend.workflow.change import TicketChange
from backend.workflow.facts import has_open
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import HANDED
from backend.workflow.supporting import SUPPORT_ENDED, subtask_own


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeSubtaskInput(ActionInput):
    """The sub-task."""

    subtask: UUID | None = open_part(kind=ClockName.SUBTASK)


def _effect(change: TicketChange, said: TakeSubtaskInput) -> None:
    part = subtask_own(change=change, part_id=said.subtask)
    part.person_id = change.actor.person_id
    change.keeps(part)


TAKE_SUBTASK = Action(
    name="take-subtask",
    order=8,
    sources=HANDED,
    allowed=frozenset({Relation.SUPPORTING}),
    facts=(has_open(ClockName.SUBTASK),),
    said=TakeSubtaskInput,
    effect=_effect,
    records=SUPPORT_ENDED,
    in_bulk=False,
)
