"""Keeping a ticket's timers in step with its state."""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from backend.deadlines.selectors import timers_of, working_time_get
from backend.deadlines.services import TimerDraft, timers_arm, timers_stop
from backend.deadlines.working_time import CalendarUnusable, WorkingTime
from backend.organisation.models import Calendar
from backend.rulebook.ruleset import Clock, ClockName, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.clocks import Deadline, Instants, clocks_running, deadlines_of
from backend.workflow.models import NEVER_DUE, Ticket
from backend.workflow.states import State

logger = logging.getLogger(__name__)

SUBJECT_KIND = "ticket"


def rules_of(ticket: Ticket) -> Mapping[ClockName, Clock]:
    """Return the clocks that the rulebook version the ticket pins has for it."""
    ruleset = ruleset_get(ticket.rulebook_id)
    return ruleset.clocks_of(category=ticket.category, severity=Severity(ticket.severity))


def clocks_of(ticket: Ticket) -> frozenset[ClockName]:
    """Return the clocks that have to run on a ticket as it stands."""
    is_contained = ticket.contained_at is not None
    return clocks_running(state=State(ticket.state), is_contained=is_contained, known=rules_of(ticket).keys())


def timers_follow(
    *, ticket: Ticket, before: Collection[ClockName], now: datetime, restart: Collection[ClockName] = ()
) -> dict[str, Any]:
    """Stop and arm the difference between the clocks that ran before and those that have to; save the ticket after.

    The ticket is locked (or new) and has its new state; clocks to restart are armed anew even if they ran before.
    Return what the ledger has to say of times that are provisional or fell back to calendar time; mostly nothing.
    """
    wanted, running = clocks_of(ticket), frozenset(before)
    again = wanted & frozenset(restart)
    deadlines = deadlines_now(ticket, (wanted - running) | again, now)
    return _timers_change(ticket, (running - wanted) | (running & again), deadlines, len(wanted), now)


def timers_renew(*, ticket: Ticket, now: datetime) -> dict[str, Any]:
    """Arm anew, counted from the same instants as before, every clock that the ticket's rules now time differently."""
    running = {timer.clock: timer for timer in timers_of(subject_kind=SUBJECT_KIND, subject_ids=[ticket.id])}
    wanted = deadlines_now(ticket, clocks_of(ticket), now)
    kept = {
        deadline.clock
        for deadline in wanted
        if (timer := running.get(deadline.clock))
        and (tuple(timer.ladder), timer.repeat_every) == (deadline.rungs, deadline.repeat)
    }
    changed = [deadline for deadline in wanted if deadline.clock not in kept]
    return _timers_change(ticket, running.keys() - kept, changed, len(wanted), now)


def deadlines_now(ticket: Ticket, clocks: Collection[ClockName], now: datetime) -> tuple[Deadline, ...]:
    """Return when some clocks of a ticket are due, by its rules and its school's calendar as they are now."""
    deadlines = deadlines_of(
        clocks=clocks,
        rules=rules_of(ticket),
        instants=Instants(ticket.filed_at, ticket.reopened_at, ticket.resolved_at, ticket.progress_at),
        working_time=partial(_working_time, ticket, now),
    )
    for deadline in deadlines:
        if deadline.fallback:
            logger.error(
                "ALARM: ticket %s: the clock %s runs on calendar time. %s", ticket.id, deadline.clock, deadline.fallback
            )
    return deadlines


def _timers_change(
    ticket: Ticket, to_stop: Collection[str], to_arm: Sequence[Deadline], running: int, now: datetime
) -> dict[str, Any]:
    if to_stop:
        timers_stop(
            subject_kind=SUBJECT_KIND, subject_id=ticket.id, clocks=to_stop, now=now, reason=f"ticket {ticket.state}"
        )
    timers_arm(drafts=[_draft(ticket, deadline) for deadline in to_arm], now=now)
    if to_stop or to_arm:
        ticket.next_due_at = _next_due_at(ticket, to_arm, running)
    return _remarks(to_arm)


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


def _next_due_at(ticket: Ticket, armed: Sequence[Deadline], running: int) -> datetime:
    """Return the earliest due time of the clocks that run, which for those armed before stands on their timers."""
    due = [deadline.due_at for deadline in armed]
    if len(armed) < running:
        due += [timer.ladder[0] for timer in timers_of(subject_kind=SUBJECT_KIND, subject_ids=[ticket.id])]
    return min(due, default=NEVER_DUE)


def _remarks(deadlines: Sequence[Deadline]) -> dict[str, Any]:
    remarks: dict[str, Any] = {}
    if any(deadline.provisional for deadline in deadlines):
        remarks["provisional"] = True
    if any(deadline.fallback for deadline in deadlines):
        remarks["fallback"] = "calendar_time"
    return remarks
