"""Refusing to decline: the work goes on as before."""

from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.facts import DECLINE_PROPOSED
from backend.workflow.proposals import decline_proposal_end, proposer_hears
from backend.workflow.relation_groups import DECLINERS, OPEN


def _effect(change: TicketChange, _said: Reasoned) -> None:
    proposer_hears(change=change, proposal=change.ticket.declining)
    decline_proposal_end(change=change)


REFUSE_DECLINE = Action(
    name="refuse-decline",
    order=160,
    sources=OPEN,
    allowed=DECLINERS,
    facts=(DECLINE_PROPOSED,),
    said=Reasoned,
    effect=_effect,
    told=Told(assignee=True),
)
