"""Accepting a recommendation: it is carried out by a day, which has a clock; whoever recommended it hears of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.action_input import ActionInput, moment, open_part
from backend.workflow.change import TicketChange
from backend.workflow.facts import has_open
from backend.workflow.handing import asked_beyond
from backend.workflow.ledger import Sensitivity
from backend.workflow.models import PartOutcome, Recommendation, TicketPart
from backend.workflow.parts import PART_ASKED, part_ask, part_end, part_named
from backend.workflow.relation_groups import OWNERS
from backend.workflow.states import OVER, State


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptRecommendationInput(ActionInput):
    """The day by which it is carried out, and which recommendation."""

    recommendation: UUID | None = open_part(kind=ClockName.RECOMMENDATION)
    carry_out_by: datetime | None = moment(required=True)


def _effect(change: TicketChange, said: AcceptRecommendationInput) -> None:
    kind = ClockName.RECOMMENDATION
    part = part_named(change=change, part_id=said.recommendation, kind=kind, pointer="/recommendation")
    carry_out_by = said.carry_out_by or change.now
    recommended = Recommendation.objects.get(part=part)
    recommended.carry_out_by = carry_out_by
    change.keeps(recommended)
    change.says(carry_out_by=carry_out_by.isoformat())
    part_ask(change=change, part=_improvement(change, part, said.note), until=carry_out_by, pointer="/carry_out_by")
    part_end(change=change, part=part, outcome=PartOutcome.ACCEPTED, answer=said.note)


def _improvement(change: TicketChange, accepted: TicketPart, words: str) -> TicketPart:
    """Return what is still to be done: asked of the office that accepted it, also once the ticket is over."""
    office, role = asked_beyond(ticket=change.ticket)
    return TicketPart(
        ticket=change.ticket,
        kind=ClockName.IMPROVEMENT,
        office=office,
        role=role,
        asked_by=accepted.asked_by,
        asked_at=change.now,
        words=words,
    )


ACCEPT_RECOMMENDATION = Action(
    name="accept-recommendation",
    order=37,
    sources=frozenset(State) - OVER,
    allowed=OWNERS,
    facts=(has_open(ClockName.RECOMMENDATION),),
    said=AcceptRecommendationInput,
    effect=_effect,
    records={**PART_ASKED, "carry_out_by": Sensitivity.PLAIN},
    event_version=2,
    in_bulk=False,
)
