"""Reopening: within seven days of closing the problem is back; clocks count from now on."""

from backend.organisation.roles import Role
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.facts import CLOSED_LATELY, WAS_RESOLVED
from backend.workflow.fixing import fix_undo
from backend.workflow.offices import assignee_left
from backend.workflow.policy import Relation
from backend.workflow.promises import promise_stands_again
from backend.workflow.states import State


def _effect(change: TicketChange, _said: Reasoned) -> None:
    ticket, now = change.ticket, change.now
    fix_undo(change=change)
    if ticket.part_count:
        promise_stands_again(change=change)
    assignee_left(ticket=ticket, now=now)
    ticket.resolved_at = None
    ticket.closed_at = None
    ticket.contained_at = None
    ticket.reopened_at = now
    ticket.last_wait = None
    ticket.progress_at = now


REOPEN = Action(
    name="reopen",
    order=100,
    sources=frozenset({State.CLOSED}),
    target=State.IN_PROGRESS,
    allowed=frozenset({Relation.REPORTER, Relation.COORDINATOR, Relation.LEADER}),
    facts=(WAS_RESOLVED, CLOSED_LATELY),
    said=Reasoned,
    effect=_effect,
    told=Told(assignee=True, role=Role.OFFICE_HEAD),
)
