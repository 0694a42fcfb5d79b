"""Answering that a sub-task cannot be done, and why; the office that leads asks another or has it waived."""

from dataclasses import dataclass
from uuid import UUID

from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, open_part
from backend.workflow.change import TicketChange
from backend.workflow.facts import has_open
from backend.workflow.models import PartOutcome
from backend.workflow.parts import part_end
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import HANDED
from backend.workflow.supporting import SUPPORT_ENDED, subtask_own


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseSubtaskInput(Reasoned):
    """The reason, and which sub-task."""

    subtask: UUID | None = open_part(kind=ClockName.SUBTASK)


def _effect(change: TicketChange, said: RefuseSubtaskInput) -> None:
    part = subtask_own(change=change, part_id=said.subtask)
    part_end(change=change, part=part, outcome=PartOutcome.REFUSED, answer=said.note)


REFUSE_SUBTASK = Action(
    name="refuse-subtask",
    order=9,
    sources=HANDED,
    allowed=frozenset({Relation.SUPPORTING}),
    facts=(has_open(ClockName.SUBTASK),),
    said=RefuseSubtaskInput,
    effect=_effect,
    records=SUPPORT_ENDED,
    told=Told(assignee=True, role=Role.OFFICE_HEAD),
    in_bulk=False,
)
