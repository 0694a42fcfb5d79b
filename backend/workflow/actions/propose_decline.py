"""Proposing to decline a ticket nobody should work on; somebody else decides."""

from backend.organisation.roles import Role
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.facts import NO_DECLINE_PROPOSED
from backend.workflow.models import DeclineProposal
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import DECLINERS, OPEN


def _effect(change: TicketChange, said: Reasoned) -> None:
    ticket = change.ticket
    ticket.declining = DeclineProposal(
        ticket=ticket, proposed_by_id=change.actor.person_id, proposed_at=change.now, reason=said.note
    )
    change.keeps(ticket.declining)


PROPOSE_DECLINE = Action(
    name="propose-decline",
    order=140,
    sources=OPEN,
    allowed=DECLINERS | {Relation.HANDLER, Relation.OFFICE_HEAD},
    facts=(NO_DECLINE_PROPOSED,),
    said=Reasoned,
    effect=_effect,
    told=Told(role=Role.COORDINATOR, not_the_actor=True),
)
