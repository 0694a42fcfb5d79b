"""Keeping a ticket's timers in step with its state."""

from collections.abc import Collection
from datetime import datetime

from backend.deadlines.services import TimerDraft, timers_arm, timers_stop
from backend.rulebook.ruleset import ClockName, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.clocks import Deadline, Instants, clocks_to_change, deadlines_of
from backend.workflow.models import NEVER_DUE, Ticket
from backend.workflow.states import CLOCKS_ARMED, State

SUBJECT_KIND = "ticket"


def ticket_deadlines(ticket: Ticket, clocks: Collection[ClockName]) -> tuple[Deadline, ...]:
    """Return the deadlines of some clocks of a ticket under the rules it pins."""
    return deadlines_of(
        clocks=clocks,
        ruleset=ruleset_get(ticket.rulebook_id),
        severity=Severity(ticket.severity),
        instants=Instants(ticket.filed_at, ticket.reopened_at, ticket.resolved_at),
    )


def next_due_at(ticket: Ticket) -> datetime:
    """Return the earliest due time among the clocks that run in the ticket's state."""
    running = ticket_deadlines(ticket, CLOCKS_ARMED[State(ticket.state)])
    return min((deadline.due_at for deadline in running), default=NEVER_DUE)


def timers_follow_state(*, ticket: Ticket, before: State | None, now: datetime) -> None:
    """Stop and arm the difference between the clocks of two states; the ticket is locked, the new state set."""
    to_stop, to_arm = clocks_to_change(before, State(ticket.state))
    if to_stop:
        timers_stop(
            subject_kind=SUBJECT_KIND, subject_id=ticket.id, clocks=to_stop, now=now, reason=f"ticket {ticket.state}"
        )
    if to_arm:
        drafts = [
            TimerDraft(SUBJECT_KIND, ticket.id, deadline.clock, deadline.rungs, deadline.repeat)
            for deadline in ticket_deadlines(ticket, to_arm)
        ]
        timers_arm(drafts=drafts, now=now)
