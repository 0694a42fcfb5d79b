"""Informing an affected party: it is recorded how they were told, when and by whom."""

from dataclasses import dataclass
from uuid import UUID

from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned, affected_party
from backend.workflow.affected import AFFECTED_SETTLED, affected_settle
from backend.workflow.change import TicketChange
from backend.workflow.facts import SOMEBODY_UNTOLD
from backend.workflow.models import AffectedOutcome
from backend.workflow.relation_groups import ABOVE, NOT_OVER, OWNERS


@dataclass(frozen=True, slots=True, kw_only=True)
class InformAffectedInput(Reasoned):
    """The way in which they were told, and which of them."""

    party: UUID | None = affected_party()


def _effect(change: TicketChange, said: InformAffectedInput) -> None:
    affected_settle(change=change, party_id=said.party, outcome=AffectedOutcome.INFORMED, words=said.note)


INFORM_AFFECTED = Action(
    name="inform-affected",
    order=65,
    sources=NOT_OVER,
    allowed=OWNERS | ABOVE,
    facts=(SOMEBODY_UNTOLD,),
    said=InformAffectedInput,
    effect=_effect,
    records=AFFECTED_SETTLED,
    in_bulk=False,
)
