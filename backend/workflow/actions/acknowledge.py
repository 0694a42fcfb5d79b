"""Acknowledging: somebody of the office, or above it, has seen the ticket and takes care of it."""

from backend.workflow.action import Action, Told
from backend.workflow.action_input import ActionInput
from backend.workflow.change import TicketChange
from backend.workflow.ledger import Sensitivity
from backend.workflow.policy import Relation, relations_of
from backend.workflow.relation_groups import ABOVE, OWNERS, UNSEEN
from backend.workflow.states import State

TAKES_IT_ON = frozenset({Relation.HANDLER, Relation.OFFICE_HEAD, Relation.CASE_LEAD})


def _effect(change: TicketChange, _said: ActionInput) -> None:
    ticket, actor = change.ticket, change.actor
    if ticket.assignee_id is None and relations_of(actor=actor, ticket=ticket) & TAKES_IT_ON:
        ticket.assignee_id = actor.person_id
    if ticket.assignee_id == actor.person_id:
        change.worked()
        change.says(taken_on=True)
    ticket.progress_at = change.now


ACKNOWLEDGE = Action(
    name="acknowledge",
    order=10,
    sources=UNSEEN,
    target=State.ACKNOWLEDGED,
    allowed=OWNERS | ABOVE,
    said=ActionInput,
    effect=_effect,
    told=Told(reporter=True),
    records={"taken_on": Sensitivity.PLAIN},
    event_version=2,
    checks_version=False,
)
