"""Withdrawing: the reporter takes the report back before anybody has seen it."""

from backend.organisation.roles import Role
from backend.workflow.action import Action, Told
from backend.workflow.action_input import ActionInput
from backend.workflow.change import TicketChange
from backend.workflow.facts import REPORTED_BY_NOBODY_ELSE
from backend.workflow.policy import Relation
from backend.workflow.proposals import decline_proposal_end
from backend.workflow.relation_groups import UNSEEN
from backend.workflow.states import State


def _effect(change: TicketChange, _said: ActionInput) -> None:
    change.ticket.closed_at = change.now
    decline_proposal_end(change=change)


WITHDRAW = Action(
    name="withdraw",
    order=180,
    sources=UNSEEN,
    target=State.CLOSED,
    allowed=frozenset({Relation.REPORTER}),
    facts=(REPORTED_BY_NOBODY_ELSE,),
    said=ActionInput,
    effect=_effect,
    told=Told(role=Role.OFFICE_HEAD),
)
