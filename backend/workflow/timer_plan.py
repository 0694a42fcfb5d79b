"""Plans that keep the timers of changed tickets in step with what the tickets have become."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from backend.common.sql.statements import Write
from backend.deadlines.models import Timer
from backend.deadlines.services import (
    TimerDraft,
    TimerMove,
    TimerPause,
    timers_arm,
    timers_arming,
    timers_pause,
    timers_resume,
    timers_stop,
    timers_stopping,
)
from backend.rulebook.ruleset import Clock, ClockName
from backend.workflow.clocks import (
    OWN,
    SUBJECT_KIND,
    Deadline,
    clocks_of,
    clocks_paused,
    deadlines_now,
    rules_of,
    work_left_at,
)
from backend.workflow.facts import Situation
from backend.workflow.models import NEVER_DUE, Ticket


@dataclass(frozen=True, slots=True)
class ClocksBefore:
    """The clocks that ran and rested on a ticket before a change, and the rules they had."""

    running: frozenset[ClockName]
    resting: frozenset[ClockName]
    rules: Mapping[ClockName, Clock]


PROMISED = frozenset({ClockName.ACKNOWLEDGE, ClockName.RESOLVE})
"""The clocks of which a reporter is told by when: that it is seen, and that it is solved."""
NO_CLOCKS = ClocksBefore(frozenset(), frozenset(), {})
"""Before a ticket was opened."""


def clocks_before(ticket: Ticket) -> ClocksBefore:
    """Return the clocks of a ticket as it stands, to compare with after a change."""
    return ClocksBefore(clocks_of(ticket), clocks_paused(ticket), rules_of(ticket))


@dataclass(frozen=True, slots=True)
class TimerPlan:
    """The changes of one ticket's timers; one that is armed can be paused by the same plan."""

    situation: Situation
    stop: frozenset[ClockName]
    arm: Sequence[Deadline]
    pause: frozenset[ClockName]
    resume: Sequence[Deadline]

    def __bool__(self) -> bool:
        return bool(self.stop or self.arm or self.pause or self.resume)

    @property
    def ticket(self) -> Ticket:
        """The ticket it is about."""
        return self.situation.ticket

    @property
    def wait_until(self) -> datetime | None:
        """Until when it may wait, where the plan says so anew."""
        return next((deadline.due_at for deadline in self.arm if deadline.clock is ClockName.WAIT), None)

    def settle_ticket(self, *, parts_due: Sequence[datetime], parts_changed: bool) -> None:
        """Let the ticket know its next due time: of its own clocks and, while one of them runs, of its parts."""
        if self or parts_changed:
            own = self._next_due_at()
            self.ticket.next_due_at = own if own == NEVER_DUE else min([own, *parts_due])

    def promised(self) -> dict[str, list[str]]:
        """Return by clock that is promised to the reporter when it is due and when it climbs, as the ledger says it."""
        return {
            deadline.clock.value: [rung.astimezone(UTC).isoformat(timespec="microseconds") for rung in deadline.rungs]
            for deadline in self.arm
            if deadline.clock in PROMISED
        }

    def remarks(self) -> dict[str, Any]:
        """Return what the ledger says of times that are provisional or fell back to calendar time; mostly nothing."""
        remarks: dict[str, Any] = {}
        deadlines = [*self.arm, *self.resume]
        if any(deadline.provisional for deadline in deadlines):
            remarks["provisional"] = True
        if any(deadline.fallback for deadline in deadlines):
            remarks["fallback"] = "calendar_time"
        return remarks

    def drafts(self) -> Iterator[TimerDraft]:
        """Yield the timers to arm."""
        for deadline in self.arm:
            yield TimerDraft(
                SUBJECT_KIND,
                self.ticket.id,
                deadline.clock,
                deadline.rungs,
                deadline.repeat,
                calendar_version=deadline.calendar_version,
            )

    def _next_due_at(self) -> datetime:
        due = {deadline.clock: deadline.due_at for deadline in (*self.arm, *self.resume)}
        wanted = clocks_of(self.ticket) - self.pause
        if wanted - due.keys():
            goes_on = {ClockName(timer.clock): timer.ladder[0] for timer in self.situation.timers if timer.armed}
            due = {**goes_on, **due}
        return min((due[clock] for clock in wanted if clock in due), default=NEVER_DUE)


def plan_following(
    *, situation: Situation, before: ClocksBefore, restarts: Collection[ClockName] = frozenset()
) -> TimerPlan:
    """Plan the difference between the clocks that ran or rested before and those that have to now.

    Clocks to restart are armed anew even if they ran before.
    """
    ticket, now = situation.ticket, situation.now
    wanted, resting = clocks_of(ticket), clocks_paused(ticket)
    again = wanted & frozenset(restarts)
    arm, resume = (wanted - before.running - before.resting) | again, wanted & before.resting
    due = {deadline.clock: deadline for deadline in deadlines_now(ticket, arm | resume, now)}
    return TimerPlan(
        situation=situation,
        stop=((before.running | before.resting) - wanted - resting) | (before.running & again),
        arm=[due[clock] for clock in due if clock in arm],
        pause=resting & before.running,
        resume=[due[clock] for clock in due if clock in resume],
    )


def plan_renewing(
    *, situation: Situation, before: ClocksBefore, restarts: Collection[ClockName] = frozenset()
) -> TimerPlan:
    """Plan to arm anew, counted from the same instants, every clock that the ticket's rules now time differently.

    A clock whose rule is the one it had before goes on, if it rested from now on, whatever a calendar did to its times,
    so that no rung of it fires twice. One that has to rest is paused again at the instant at which the wait began.
    """
    ticket = situation.ticket
    open_timers = {ClockName(timer.clock): timer for timer in situation.timers}
    wanted, resting = clocks_of(ticket), clocks_paused(ticket)
    deadlines, rules = deadlines_now(ticket, wanted | resting, situation.now), rules_of(ticket)
    alike = {
        clock: timer.armed
        for clock, timer in open_timers.items()
        if clock in rules.keys() - restarts
        and clock in before.rules
        and before.rules[clock].times == rules[clock].times
    }
    kept = {clock for clock, armed in alike.items() if clock in (wanted if armed else resting)}
    goes_on = {clock for clock, armed in alike.items() if clock in wanted and not armed}
    return TimerPlan(
        situation=situation,
        stop=frozenset(open_timers.keys() - kept - goes_on),
        arm=[deadline for deadline in deadlines if deadline.clock not in kept | goes_on],
        pause=resting - kept,
        resume=[deadline for deadline in deadlines if deadline.clock in goes_on],
    )


def plans_writes(*, plans: Sequence[TimerPlan], now: datetime) -> list[Write]:
    """Return what stops and arms the timers of a plan that stands alone; carry out all others, now."""
    if len(plans) == 1 and not (plans[0].pause or plans[0].resume):
        return list(_writes(plans[0], now))
    _carry_out(plans, now)
    return []


def _writes(plan: TimerPlan, now: datetime) -> Iterator[Write]:
    if plan.stop:
        yield timers_stopping(**_stopping(plan), now=now)
    if plan.arm:
        yield timers_arming(drafts=list(plan.drafts()), now=now, after_stopping=bool(plan.stop))


def _carry_out(plans: Sequence[TimerPlan], now: datetime) -> None:
    for plan in plans:
        if plan.stop:
            timers_stop(**_stopping(plan), now=now)
    timers_arm(drafts=[draft for plan in plans for draft in plan.drafts()], now=now)
    for plan in plans:
        if plan.pause or plan.resume:
            _pause_and_resume(plan, now)


def _stopping(plan: TimerPlan) -> dict[str, Any]:
    return {
        "subject_kind": SUBJECT_KIND,
        "subject_id": plan.ticket.id,
        "target": OWN,
        "clocks": plan.stop,
        "reason": f"ticket {plan.ticket.state}",
    }


def _pause_and_resume(plan: TimerPlan, now: datetime) -> None:
    """Pause as of the beginning of the wait, and let resting clocks go on; what was armed just now is read anew."""
    ticket = plan.ticket
    armed_now = {deadline.clock for deadline in plan.arm}
    fresh = Situation(ticket=ticket, now=now) if armed_now & set(plan.pause) else plan.situation
    timers: dict[str, Timer] = {timer.clock: timer for timer in fresh.timers}
    since = ticket.wait.since if ticket.wait else now
    pauses = [
        TimerPause(timers[clock], work_left_at(ticket, timers[clock], since=since, now=now)) for clock in plan.pause
    ]
    timers_pause(pauses=pauses, now=since)
    moves = [TimerMove(timers[due.clock], due.rungs, due.calendar_version) for due in plan.resume]
    timers_resume(moves=moves, now=now)


def parts_time(*, stops: Sequence[tuple[UUID, str]], arms: Sequence[TimerDraft], now: datetime) -> None:
    """Stop the timers of parts, each named by its ticket and its target, and arm those of others."""
    for ticket_id, target in stops:
        timers_stop(
            subject_kind=SUBJECT_KIND, subject_id=ticket_id, clocks=None, now=now, reason="ended", target=target
        )
    timers_arm(drafts=arms, now=now)
