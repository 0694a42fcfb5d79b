"""Withdrawing a recommendation, accepted or not: whoever gave it, or stands above them, says why it no longer holds."""

from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, open_part
from backend.workflow.change import TicketChange
from backend.workflow.errors import ActionNotAllowed
from backend.workflow.facts import Fact, Situation, parts_open
from backend.workflow.models import PartOutcome, TicketPart
from backend.workflow.parts import PART_ENDED, part_among, part_end
from backend.workflow.policy import RECOMMENDED, Relation
from backend.workflow.standing import may_withdraw
from backend.workflow.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRecommendationInput(Reasoned):
    """The reason, and which recommendation, or which one that is being carried out."""

    recommended: UUID | None = open_part(kind=ClockName.RECOMMENDATION, name="recommended")


def recommended_open(at: Situation) -> list[TicketPart]:
    """Return what is recommended and neither carried out, refused nor withdrawn."""
    return list(chain.from_iterable(parts_open(at, kind) for kind in RECOMMENDED))


def _effect(change: TicketChange, said: WithdrawRecommendationInput) -> None:
    parts = recommended_open(change.situation)
    part = part_among(parts=parts, part_id=said.recommended, pointer="/recommended")
    if not may_withdraw(actor=change.actor, part=part):
        raise ActionNotAllowed
    part_end(change=change, part=part, outcome=PartOutcome.WITHDRAWN, answer=said.note)


WITHDRAW_RECOMMENDATION = Action(
    name="withdraw-recommendation",
    order=207,
    sources=frozenset(State),
    allowed=frozenset({Relation.ABOVE_RECOMMENDATION}),
    facts=(Fact("something is recommended, or being carried out", lambda at: bool(recommended_open(at))),),
    said=WithdrawRecommendationInput,
    effect=_effect,
    records=PART_ENDED,
    told=Told(assignee=True, role=Role.OFFICE_HEAD),
    in_bulk=False,
)
