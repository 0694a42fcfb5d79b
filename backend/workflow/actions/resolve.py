"""Resolving: the office says that it is solved; somebody else verifies it."""

from backend.organisation.roles import Role
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.proposals import decline_proposal_end
from backend.workflow.relation_groups import OWNERS
from backend.workflow.states import State
from backend.workflow.waiting import WAIT_ENDED, wait_end


def _effect(change: TicketChange, _said: Reasoned) -> None:
    ticket, now = change.ticket, change.now
    ticket.resolved_at = now
    ticket.contained_at = ticket.contained_at or now
    decline_proposal_end(change=change)
    wait_end(change=change, ended_at=now)


RESOLVE = Action(
    name="resolve",
    order=70,
    sources=frozenset({State.IN_PROGRESS, State.WAITING}),
    target=State.RESOLVED,
    allowed=OWNERS,
    said=Reasoned,
    effect=_effect,
    records=WAIT_ENDED,
    told=Told(reporter=True, role=Role.COORDINATOR, sealed_role=Role.PRINCIPAL),
    is_work=True,
    takes_files=True,
)
