"""Keeping a ticket's timers in step with its state."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from backend.deadlines.selectors import timers_of, working_time_get
from backend.deadlines.services import TimerDraft, timers_arm, timers_stop
from backend.deadlines.working_time import CalendarUnusable, WorkingTime
from backend.organisation.models import Calendar
from backend.rulebook.ruleset import ClockName, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.clocks import Deadline, Instants, clocks_to_change, deadlines_of
from backend.workflow.models import NEVER_DUE, Ticket
from backend.workflow.states import CLOCKS_ARMED, State

logger = logging.getLogger(__name__)

SUBJECT_KIND = "ticket"


def timers_follow_state(*, ticket: Ticket, before: State | None, now: datetime) -> dict[str, Any]:
    """Stop and arm the difference between the clocks of two states and set the next due time; save the ticket after.

    The ticket is locked (or new) and has its new state. Return what the ledger has to say of times that are provisional
    or fell back to calendar time; mostly nothing.
    """
    to_stop, to_arm = clocks_to_change(before, State(ticket.state))
    if to_stop:
        timers_stop(
            subject_kind=SUBJECT_KIND, subject_id=ticket.id, clocks=to_stop, now=now, reason=f"ticket {ticket.state}"
        )
    deadlines = _deadlines(ticket, to_arm, now)
    timers_arm(drafts=[_draft(ticket, deadline) for deadline in deadlines], now=now)
    if to_stop or to_arm:
        ticket.next_due_at = _next_due_at(ticket, deadlines)
    return _remarks(deadlines)


def _deadlines(ticket: Ticket, clocks: Collection[ClockName], now: datetime) -> tuple[Deadline, ...]:
    deadlines = deadlines_of(
        clocks=clocks,
        ruleset=ruleset_get(ticket.rulebook_id),
        severity=Severity(ticket.severity),
        instants=Instants(ticket.filed_at, ticket.reopened_at, ticket.resolved_at),
        working_time=partial(_working_time, ticket, now),
    )
    for deadline in deadlines:
        if deadline.fallback:
            logger.error(
                "ALARM: ticket %s: the clock %s runs on calendar time. %s", ticket.id, deadline.clock, deadline.fallback
            )
    return deadlines


def _working_time(ticket: Ticket, now: datetime) -> WorkingTime:
    try:
        calendar = ticket.school.calendar
    except Calendar.DoesNotExist:
        raise CalendarUnusable("The school has no calendar.") from None
    return working_time_get(calendar_id=calendar.id, version=calendar.version, now=now)


def _draft(ticket: Ticket, deadline: Deadline) -> TimerDraft:
    return TimerDraft(
        SUBJECT_KIND,
        ticket.id,
        deadline.clock,
        deadline.rungs,
        deadline.repeat,
        calendar_version=deadline.calendar_version,
    )


def _next_due_at(ticket: Ticket, armed: Sequence[Deadline]) -> datetime:
    """Return the earliest due time of the clocks that run, which for those armed before stands on their timers."""
    due = [deadline.due_at for deadline in armed]
    if len(armed) < len(CLOCKS_ARMED[State(ticket.state)]):
        due += [timer.ladder[0] for timer in timers_of(subject_kind=SUBJECT_KIND, subject_ids=[ticket.id])]
    return min(due, default=NEVER_DUE)


def _remarks(deadlines: Sequence[Deadline]) -> dict[str, Any]:
    remarks: dict[str, Any] = {}
    if any(deadline.provisional for deadline in deadlines):
        remarks["provisional"] = True
    if any(deadline.fallback for deadline in deadlines):
        remarks["fallback"] = "calendar_time"
    return remarks
