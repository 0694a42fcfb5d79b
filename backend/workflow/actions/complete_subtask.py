"""Answering that a sub-task is done: what the supporting office did, with photos where they show it."""

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
class CompleteSubtaskInput(Reasoned):
    """The words about what was done, and the sub-task it was done for."""

    subtask: UUID | None = open_part(kind=ClockName.SUBTASK)


def _effect(change: TicketChange, said: CompleteSubtaskInput) -> None:
    """End it; what was to make the place safe is the interim control."""
    part = subtask_own(change=change, part_id=said.subtask)
    part_end(change=change, part=part, outcome=PartOutcome.DONE, answer=said.note)
    if part.makes_safe:
        change.ticket.interim_control_at = change.now


COMPLETE_SUBTASK = Action(
    name="complete-subtask",
    order=7,
    sources=HANDED,
    allowed=frozenset({Relation.SUPPORTING}),
    facts=(has_open(ClockName.SUBTASK),),
    said=CompleteSubtaskInput,
    effect=_effect,
    records=SUPPORT_ENDED,
    told=Told(assignee=True, role=Role.OFFICE_HEAD),
    in_bulk=False,
    is_work=True,
    takes_files=True,
)
