"""Saying how the next step went that somebody named; whether that was in time follows from the times."""

from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.facts import has_open
from backend.workflow.models import PartOutcome
from backend.workflow.parts import PART_ENDED, part_end, part_named
from backend.workflow.relation_groups import OWNERS
from backend.workflow.states import State


def _effect(change: TicketChange, said: Reasoned) -> None:
    step = part_named(change=change, part_id=None, kind=ClockName.STEP, pointer="/note")
    part_end(change=change, part=step, outcome=PartOutcome.DONE, answer=said.note)


FINISH_STEP = Action(
    name="finish-step",
    order=106,
    sources=frozenset({State.ACKNOWLEDGED, State.IN_PROGRESS, State.WAITING}),
    allowed=OWNERS,
    facts=(has_open(ClockName.STEP),),
    said=Reasoned,
    effect=_effect,
    records=PART_ENDED,
    is_work=True,
)
