"""Verifying: somebody other than the fixer looked, found it solved, and closes it."""

from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.errors import FixerCannotVerify
from backend.workflow.fixing import fix_check
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import VERIFIERS
from backend.workflow.states import State


def _effect(change: TicketChange, _said: Reasoned) -> None:
    fix_check(ticket=change.ticket)
    change.ticket.closed_at = change.now


VERIFY = Action(
    name="verify",
    order=80,
    sources=frozenset({State.RESOLVED}),
    target=State.CLOSED,
    allowed=VERIFIERS,
    refused={Relation.FIXER: FixerCannotVerify},
    said=Reasoned,
    effect=_effect,
    told=Told(reporter=True, assignee=True),
    takes_files=True,
)
