"""Refusing to open a confidential ticket to more people: it stays as confidential as it is."""

from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.facts import LOWERING_PROPOSED
from backend.workflow.policy import Relation
from backend.workflow.proposals import lowering_end, proposer_hears
from backend.workflow.relation_groups import NOT_MERGED


def _effect(change: TicketChange, _said: Reasoned) -> None:
    proposer_hears(change=change, proposal=change.ticket.lowering)
    lowering_end(change=change)


REFUSE_LOWERING = Action(
    name="refuse-lowering",
    order=136,
    sources=NOT_MERGED,
    allowed=frozenset({Relation.SEAL_KEEPER}),
    facts=(LOWERING_PROPOSED,),
    said=Reasoned,
    effect=_effect,
    in_bulk=False,
)
