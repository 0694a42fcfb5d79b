"""Ending a hold for evidence: from then on the ticket goes when its period is over, as any other."""

from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.errors import ActionUnavailable
from backend.workflow.holding import IS_HELD, RELEASED, hold_of
from backend.workflow.policy import Relation
from backend.workflow.states import State


def _effect(change: TicketChange, _said: Reasoned) -> None:
    hold = hold_of(ticket_id=change.ticket.id)
    if hold is None:
        raise ActionUnavailable
    hold.ended_at = change.now
    change.keeps(hold)


END_HOLD = Action(
    name=RELEASED,
    order=141,
    sources=frozenset(State),
    allowed=frozenset({Relation.EVIDENCE_KEEPER}),
    facts=(IS_HELD,),
    said=Reasoned,
    effect=_effect,
    in_bulk=False,
    remark_only=True,
)
