"""Keeping a ticket as evidence: nothing of it is erased, by its period or on request, until somebody ends that."""

from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.holding import HELD, NOT_HELD
from backend.workflow.models import EvidenceHold
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import NOT_MERGED


def _effect(change: TicketChange, _said: Reasoned) -> None:
    change.keeps(EvidenceHold(ticket=change.ticket, since=change.now))


HOLD_EVIDENCE = Action(
    name=HELD,
    order=139,
    sources=NOT_MERGED,
    allowed=frozenset({Relation.EVIDENCE_KEEPER}),
    facts=(NOT_HELD,),
    said=Reasoned,
    effect=_effect,
    in_bulk=False,
    remark_only=True,
)
