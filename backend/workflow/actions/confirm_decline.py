"""Declining: a second person agrees that nobody should work on it."""

from backend.workflow.action import Action, Told
from backend.workflow.action_input import ActionInput
from backend.workflow.change import TicketChange
from backend.workflow.errors import ActionNotAllowed
from backend.workflow.facts import DECLINE_PROPOSED, EVERYBODY_TOLD
from backend.workflow.policy import Relation
from backend.workflow.proposals import decline_proposal_end, proposer_hears
from backend.workflow.relation_groups import DECLINERS, OPEN
from backend.workflow.states import State


def _effect(change: TicketChange, _said: ActionInput) -> None:
    change.ticket.declined_at = change.now
    proposer_hears(change=change, proposal=change.ticket.declining)
    decline_proposal_end(change=change)


CONFIRM_DECLINE = Action(
    name="confirm-decline",
    order=150,
    sources=OPEN,
    target=State.DECLINED,
    allowed=DECLINERS,
    refused={Relation.PROPOSER: ActionNotAllowed},
    facts=(DECLINE_PROPOSED, EVERYBODY_TOLD),
    said=ActionInput,
    effect=_effect,
    told=Told(reporter=True, assignee=True),
)
