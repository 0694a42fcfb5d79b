"""Rejecting a fix: somebody other than the fixer looked, and it is not solved; the work goes on."""

from backend.organisation.roles import Role
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.errors import FixerCannotVerify
from backend.workflow.fixing import fix_undo
from backend.workflow.policy import Relation
from backend.workflow.promises import promise_stands_again
from backend.workflow.relation_groups import VERIFIERS
from backend.workflow.states import State


def _effect(change: TicketChange, _said: Reasoned) -> None:
    ticket = change.ticket
    fix_undo(change=change)
    if ticket.part_count:
        promise_stands_again(change=change)
    ticket.resolved_at = None
    ticket.progress_at = change.now


REJECT_FIX = Action(
    name="reject-fix",
    order=90,
    sources=frozenset({State.RESOLVED}),
    target=State.IN_PROGRESS,
    allowed=VERIFIERS,
    refused={Relation.FIXER: FixerCannotVerify},
    said=Reasoned,
    effect=_effect,
    told=Told(assignee=True, role=Role.OFFICE_HEAD),
)
