"""Keeping a ticket's timers in step with its state."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.deadlines.selectors import timers_of
from backend.deadlines.services import (
    TimerDraft,
    TimerMove,
    TimerPause,
    timers_arm,
    timers_pause,
    timers_resume,
    timers_stop,
)
from backend.rulebook.ruleset import Clock, ClockName
from backend.workflow.clocks import Deadline
from backend.workflow.models import NEVER_DUE, Ticket
from backend.workflow.ticket_clocks import SUBJECT_KIND, clocks_of, clocks_paused, deadlines_now, rules_of, work_left_at


@dataclass(frozen=True, slots=True)
class Change:
    """What has to become of a ticket's timers; what is armed can be paused with the same change."""

    stop: Collection[str]
    arm: Sequence[Deadline]
    pause: Collection[str]
    resume: Sequence[Deadline]

    def __bool__(self) -> bool:
        return bool(self.stop or self.arm or self.pause or self.resume)


def timers_follow(
    *,
    ticket: Ticket,
    before: Collection[ClockName],
    now: datetime,
    paused: Collection[ClockName] = (),
    restart: Collection[ClockName] = (),
) -> dict[str, Any]:
    """Carry out the difference between the clocks that ran or rested before and those that have to; save it after.

    The ticket is locked (or new) and has its new state; clocks to restart are armed anew even if they ran before.
    Return what the ledger has to say of times that are provisional or fell back to calendar time; mostly nothing.
    """
    wanted, resting = clocks_of(ticket), clocks_paused(ticket)
    running, held = frozenset(before), frozenset(paused)
    again = wanted & frozenset(restart)
    arm, resume = (wanted - running - held) | again, wanted & held
    due = {deadline.clock: deadline for deadline in deadlines_now(ticket, arm | resume, now)}
    change = Change(
        stop=((running | held) - wanted - resting) | (running & again),
        arm=[due[clock] for clock in due if clock in arm],
        pause=resting & running,
        resume=[due[clock] for clock in due if clock in resume],
    )
    return _timers_change(ticket, change, now)


def timers_renew(*, ticket: Ticket, before: Mapping[ClockName, Clock], now: datetime) -> dict[str, Any]:
    """Arm anew, counted from the same instants as before, every clock that the ticket's rules now time differently.

    A clock whose rule is the one it had before goes on, if it rested from now on, whatever a calendar did to its times,
    so that no rung of it fires twice. One that has to rest is paused again at the instant at which the wait began.
    """
    timers = timers_of(subject_kind=SUBJECT_KIND, subject_ids=[ticket.id])
    open_timers = {ClockName(timer.clock): timer for timer in timers}
    wanted, resting = clocks_of(ticket), clocks_paused(ticket)
    deadlines, rules = deadlines_now(ticket, wanted | resting, now), rules_of(ticket)
    alike = {
        clock: timer.armed
        for clock, timer in open_timers.items()
        if clock in rules and clock in before and before[clock].times == rules[clock].times
    }
    kept = {clock for clock, armed in alike.items() if clock in (wanted if armed else resting)}
    goes_on = {clock for clock, armed in alike.items() if clock in wanted and not armed}
    change = Change(
        stop=open_timers.keys() - kept - goes_on,
        arm=[deadline for deadline in deadlines if deadline.clock not in kept | goes_on],
        pause=resting - kept,
        resume=[deadline for deadline in deadlines if deadline.clock in goes_on],
    )
    return _timers_change(ticket, change, now)


def _timers_change(ticket: Ticket, change: Change, now: datetime) -> dict[str, Any]:
    if change.stop:
        reason = f"ticket {ticket.state}"
        timers_stop(subject_kind=SUBJECT_KIND, subject_id=ticket.id, clocks=change.stop, now=now, reason=reason)
    timers_arm(drafts=[_draft(ticket, deadline) for deadline in change.arm], now=now)
    if change.pause or change.resume:
        _pause_and_resume(ticket, change, now)
    for deadline in change.arm:
        if deadline.clock is ClockName.WAIT:
            ticket.waiting_until = deadline.due_at
    if change:
        ticket.next_due_at = _next_due_at(ticket, change)
    return _remarks([*change.arm, *change.resume])


def _pause_and_resume(ticket: Ticket, change: Change, now: datetime) -> None:
    timers = {timer.clock: timer for timer in timers_of(subject_kind=SUBJECT_KIND, subject_ids=[ticket.id])}
    since = ticket.waiting_since or now
    pauses = [
        TimerPause(timers[clock], work_left_at(ticket, timers[clock], since=since, now=now)) for clock in change.pause
    ]
    timers_pause(pauses=pauses, now=since)
    moves = [TimerMove(timers[due.clock], due.rungs, due.calendar_version) for due in change.resume]
    timers_resume(moves=moves, now=now)


def _draft(ticket: Ticket, deadline: Deadline) -> TimerDraft:
    return TimerDraft(
        SUBJECT_KIND,
        ticket.id,
        deadline.clock,
        deadline.rungs,
        deadline.repeat,
        calendar_version=deadline.calendar_version,
    )


def _next_due_at(ticket: Ticket, change: Change) -> datetime:
    """Return the earliest due time of the clocks that run, which for those armed before stands on their timers."""
    due = [deadline.due_at for deadline in change.arm if deadline.clock not in change.pause]
    if len(due) < len(clocks_of(ticket)):
        running = timers_of(subject_kind=SUBJECT_KIND, subject_ids=[ticket.id]).filter(armed=True)
        due += [timer.ladder[0] for timer in running]
    return min(due, default=NEVER_DUE)


def _remarks(deadlines: Sequence[Deadline]) -> dict[str, Any]:
    remarks: dict[str, Any] = {}
    if any(deadline.provisional for deadline in deadlines):
        remarks["provisional"] = True
    if any(deadline.fallback for deadline in deadlines):
        remarks["fallback"] = "calendar_time"
    return remarks
