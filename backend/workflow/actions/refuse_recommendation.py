"""Refusing a recommendation with a reason; whoever recommended it hears of it, and so does the principal."""

from dataclasses import dataclass
from uuid import UUID

from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, open_part
from backend.workflow.change import TicketChange
from backend.workflow.facts import has_open
from backend.workflow.models import PartOutcome
from backend.workflow.parts import PART_ENDED, part_end, part_named
from backend.workflow.relation_groups import OWNERS
from backend.workflow.states import OVER, State


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseRecommendationInput(Reasoned):
    """The reason, and which recommendation."""

    recommendation: UUID | None = open_part(kind=ClockName.RECOMMENDATION)


def _effect(change: TicketChange, said: RefuseRecommendationInput) -> None:
    kind = ClockName.RECOMMENDATION
    part = part_named(change=change, part_id=said.recommendation, kind=kind, pointer="/recommendation")
    part_end(change=change, part=part, outcome=PartOutcome.REFUSED, answer=said.note)


REFUSE_RECOMMENDATION = Action(
    name="refuse-recommendation",
    order=38,
    sources=frozenset(State) - OVER,
    allowed=OWNERS,
    facts=(has_open(ClockName.RECOMMENDATION),),
    said=RefuseRecommendationInput,
    effect=_effect,
    records=PART_ENDED,
    told=Told(role=Role.PRINCIPAL, sealed_role=Role.PRINCIPAL),
    in_bulk=False,
)
