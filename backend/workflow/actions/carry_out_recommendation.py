"""Saying that an accepted recommendation is carried out: what is different now; whoever recommended it hears of it."""

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
from backend.workflow.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryOutRecommendationInput(Reasoned):
    """Words about what is different now, and which recommendation."""

    improvement: UUID | None = open_part(kind=ClockName.IMPROVEMENT)


def _effect(change: TicketChange, said: CarryOutRecommendationInput) -> None:
    kind = ClockName.IMPROVEMENT
    part = part_named(change=change, part_id=said.improvement, kind=kind, pointer="/improvement")
    part_end(change=change, part=part, outcome=PartOutcome.DONE, answer=said.note)


CARRY_OUT_RECOMMENDATION = Action(
    name="carry-out-recommendation",
    order=39,
    sources=frozenset(State),
    allowed=OWNERS,
    facts=(has_open(ClockName.IMPROVEMENT),),
    said=CarryOutRecommendationInput,
    effect=_effect,
    records=PART_ENDED,
    in_bulk=False,
)
