"""Waiving: somebody who answers for the office records why an affected party need not be told."""

from dataclasses import dataclass
from uuid import UUID

from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned, affected_party
from backend.workflow.affected import AFFECTED_SETTLED, affected_settle
from backend.workflow.change import TicketChange
from backend.workflow.facts import SOMEBODY_UNTOLD
from backend.workflow.models import AffectedOutcome
from backend.workflow.relation_groups import HEADS, NOT_OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveAffectedInput(Reasoned):
    """The reason, and which of them."""

    party: UUID | None = affected_party()


def _effect(change: TicketChange, said: WaiveAffectedInput) -> None:
    affected_settle(change=change, party_id=said.party, outcome=AffectedOutcome.WAIVED, words=said.note)


WAIVE_AFFECTED = Action(
    name="waive-affected",
    order=144,
    sources=NOT_OVER,
    allowed=HEADS,
    facts=(SOMEBODY_UNTOLD,),
    said=WaiveAffectedInput,
    effect=_effect,
    records=AFFECTED_SETTLED,
    in_bulk=False,
)
