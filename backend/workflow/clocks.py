"""The clocks of a ticket: which run and rest as it stands, and when they are due.

Due times are absolute. They follow from the ticket's own instants, the rules it pins and its school's calendar, by
arithmetic that asks nobody (`deadlines_of` and what stands below it); what is above it looks these up for a ticket.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db.models import QuerySet, prefetch_related_objects

from backend.calendars.selectors import working_time_get
from backend.calendars.working_time import CalendarUnusable, WorkingTime, WorkingTimeUnknown
from backend.deadlines.models import Escalation, Timer
from backend.deadlines.selectors import open_timers_of, timers_and_escalations, timers_of
from backend.rulebook.ruleset import Clock, ClockName, Severity, Span
from backend.rulebook.selectors import ruleset_get
from backend.workflow.models import Ticket
from backend.workflow.states import CLOCKS_ARMED, CLOCKS_PAUSED, State

logger = logging.getLogger(__name__)

SUBJECT_KIND = "ticket"
OWN = ""
"""The target of a ticket's own timers; those of its parts carry the name of the part."""
ZERO = timedelta(0)
PAUSABLE: frozenset[ClockName] = frozenset().union(*CLOCKS_PAUSED.values())

Pause = tuple[datetime, datetime]
"""From the instant at which a clock was paused to the one from which it went on."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock of one ticket: the due times of all its rungs (the first is the clock's own) and the repeat.

    `calendar_version` names the calendar it was computed with, `provisional` says that it rests on days whose holidays
    are not published yet, and `fallback` why a clock of working time runs on calendar time after all.
    """

    clock: ClockName
    rungs: tuple[datetime, ...]
    repeat: timedelta
    calendar_version: int | None = None
    provisional: bool = False
    fallback: str = ""

    @property
    def due_at(self) -> datetime:
        """The instant by which it has to happen."""
        return self.rungs[0]


@dataclass(frozen=True, slots=True)
class Instants:
    """The instants clocks count from: filing, the last reopening or contesting, resolving, progress, silence, waiting.

    `waits` are the pauses that ended since filing or the last reopening, in order; `waiting_since` is when the present
    one began.
    """

    filed_at: datetime
    reopened_at: datetime | None = None
    resolved_at: datetime | None = None
    progress_at: datetime | None = None
    silent_from: datetime | None = None
    waiting_since: datetime | None = None
    waits: tuple[Pause, ...] = ()

    def start_of(self, clock: ClockName) -> datetime:
        """Return the instant a clock counts from; handing a ticket on or reclassifying it never moves it."""
        if clock is ClockName.VERIFY and self.resolved_at:
            return self.resolved_at
        if clock is ClockName.PROGRESS and self.progress_at:
            return self.progress_at
        if clock is ClockName.SILENCE and self.silent_from:
            return self.silent_from
        if clock is ClockName.WAIT and self.waiting_since:
            return self.waiting_since
        return self.reopened_at or self.filed_at


def rules_of(ticket: Ticket) -> Mapping[ClockName, Clock]:
    """Return the clocks that the rulebook version the ticket pins has for it."""
    ruleset = ruleset_get(ticket.rulebook_id)
    return ruleset.clocks_of(category=ticket.category, severity=Severity(ticket.severity))


def clocks_of(ticket: Ticket) -> frozenset[ClockName]:
    """Return the clocks that have to run on a ticket as it stands."""
    is_contained = ticket.contained_at is not None
    return clocks_running(state=State(ticket.state), is_contained=is_contained, known=rules_of(ticket).keys())


def clocks_paused(ticket: Ticket) -> frozenset[ClockName]:
    """Return the clocks that have to rest on a ticket as it stands."""
    return CLOCKS_PAUSED.get(State(ticket.state), frozenset()) & rules_of(ticket).keys()


def instants_of(ticket: Ticket) -> Instants:
    """Return what the clocks of a ticket count from."""
    return Instants(
        filed_at=ticket.filed_at,
        reopened_at=ticket.reopened_at,
        resolved_at=ticket.resolved_at,
        progress_at=ticket.progress_at,
        silent_from=ticket.silent_from,
        waiting_since=ticket.wait.since if ticket.wait else None,
        waits=waits_over(ticket),
    )


def waits_over(ticket: Ticket) -> tuple[Pause, ...]:
    """Return the waits of a ticket that ended since it was filed or reopened, in order; read once if there is any."""
    last = ticket.last_wait
    if last is None:
        return ()
    prefetch_related_objects([ticket], "waits")
    begun = ticket.reopened_at or ticket.filed_at
    waits = [wait for wait in ticket.waits.all() if wait.id != last.id and wait.since >= begun]
    return tuple(sorted((wait.since, wait.ended_at) for wait in [*waits, last] if wait.ended_at))


def timers_of_tickets(*, ticket_ids: Collection[UUID]) -> QuerySet[Timer]:
    """Return the tickets' own open timers, running and resting, the soonest due first; those of parts are left out."""
    return timers_of(subject_kind=SUBJECT_KIND, subject_ids=ticket_ids, target=OWN)


def timers_of_ticket(ticket: Ticket) -> Sequence[Timer]:
    """Return the same of one ticket, read now."""
    return open_timers_of(subject_kind=SUBJECT_KIND, subject_id=ticket.id, target=OWN)


def timers_and_fired(ticket: Ticket, *, most: int) -> tuple[Sequence[Timer], Sequence[Escalation]]:
    """Return the same of one ticket with what its clocks and those of its parts fired last, in order; one statement."""
    return timers_and_escalations(subject_kind=SUBJECT_KIND, subject_id=ticket.id, target=OWN, most=most)


def wait_deadline(ticket: Ticket, *, since: datetime, now: datetime) -> Deadline:
    """Return until when a ticket could wait if it began to wait at an instant."""
    waiting = replace(instants_of(ticket), waiting_since=since)
    (deadline,) = _deadlines(ticket, {ClockName.WAIT}, waiting, now)
    return deadline


def deadlines_now(ticket: Ticket, clocks: Collection[ClockName], now: datetime) -> tuple[Deadline, ...]:
    """Return when some clocks of a ticket are due, by its rules and its school's calendar as they are now."""
    deadlines = _deadlines(ticket, clocks, instants_of(ticket), now)
    for deadline in deadlines:
        if deadline.fallback:
            logger.error(
                "ALARM: ticket %s: the clock %s runs on calendar time. %s", ticket.id, deadline.clock, deadline.fallback
            )
    return deadlines


def _deadlines(
    ticket: Ticket, clocks: Collection[ClockName], instants: Instants, now: datetime
) -> tuple[Deadline, ...]:
    return deadlines_of(
        clocks=clocks,
        rules=rules_of(ticket),
        instants=instants,
        working_time=partial(working_time_of, ticket, now),
    )


def work_left_at(ticket: Ticket, timer: Timer, *, since: datetime, now: datetime) -> timedelta:
    """Return the work from an instant to the next rung of one of a ticket's timers, by its calendar as it is now.

    It is working time if the clock uses it and it is known, else time.
    """
    if rules_of(ticket)[ClockName(timer.clock)].uses_working_time:
        try:
            return working_time_of(ticket, now).work_between(since, timer.due_at)
        except WorkingTimeUnknown:
            pass
    return timer.due_at - since


def calendar_version(ticket: Ticket) -> int | None:
    """Return the version of the calendar of a ticket's school; None where it has none."""
    calendar = ticket.school.calendar
    return calendar.version if calendar else None


def working_time_of(ticket: Ticket, now: datetime) -> WorkingTime:
    """Return when a ticket's school works, by its calendar as it is now; raise CalendarUnusable where it has none."""
    calendar = ticket.school.calendar
    if calendar is None:
        raise CalendarUnusable("The school has no calendar.")
    return working_time_get(calendar_id=calendar.id, version=calendar.version, zone=ticket.school.time_zone, now=now)


def clocks_running(*, state: State, is_contained: bool, known: Collection[ClockName]) -> frozenset[ClockName]:
    """Return the clocks that run in a state, of those the rules know; what is contained needs no clock for it."""
    running = CLOCKS_ARMED[state] & frozenset(known)
    return running - {ClockName.CONTAIN} if is_contained else running


def deadlines_of(
    *,
    clocks: Collection[ClockName],
    rules: Mapping[ClockName, Clock],
    instants: Instants,
    working_time: Callable[[], WorkingTime],
) -> tuple[Deadline, ...]:
    """Return the deadlines of some clocks of a ticket, in the order of the clocks' names.

    The same instants, rules and calendar always give the same deadlines, whatever was armed before. A clock that can be
    paused counts as without pauses from filing (or the last reopening), and then each pause that ended moves the rungs
    that were still to come when it began, in order (`rungs_after_pauses`); the wait of the present is not one of them.
    The clock of a wait allows what earlier waits have left over (`wait_over_at`).

    `working_time` is asked only for clocks that use it; if it raises WorkingTimeUnknown they run on calendar time.
    """
    return tuple(_deadline(name, rules[name], instants, working_time) for name in ClockName if name in clocks)


def rungs_after_pauses(
    *, rungs: Sequence[datetime], pauses: Iterable[Pause], calendar: WorkingTime | None
) -> tuple[datetime, ...]:
    """Return when the rungs of a clock are due after its pauses, given in order: no work is lost and none is won.

    A rung that was still to come when a pause began is due as soon as the work between that beginning and the rung is
    done from the pause's end on, at the end itself where there was none; a rung due by the beginning stays where it is.
    Work is working time where a calendar is given, else time.
    """
    moved = tuple(rungs)
    for paused_at, resumed_at in pauses:
        moved = tuple(_after_pause(due_at, paused_at, resumed_at, calendar) for due_at in moved)
    return moved


def wait_over_at(*, within: Span, since: datetime, waits: Iterable[Pause], calendar: WorkingTime | None) -> datetime:
    """Return until when a wait that begins at `since` can last, which is `since` itself when nothing is left of it.

    Of days of working time, each earlier wait has used the working days after the day it began up to the day it ended;
    of working hours the hours worked meanwhile, of calendar time (as of any without a calendar) its length.
    """
    if calendar is None or not within.working:
        left = within.length - sum((until - start for start, until in waits), ZERO)
        return since + max(left, ZERO)
    if within.unit == "d":
        days = within.amount - sum(calendar.working_days_between(*wait) for wait in waits)
        return calendar.end_of_working_day(since, days) if days > 0 else since
    hours = within.length - sum((calendar.work_between(*wait) for wait in waits), ZERO)
    return calendar.add_hours(since, hours) if hours > ZERO else since


def _deadline(name: ClockName, clock: Clock, instants: Instants, working_time: Callable[[], WorkingTime]) -> Deadline:
    if not clock.uses_working_time:
        return Deadline(name, _rungs(name, clock, instants, None), clock.repeat)
    try:
        calendar = working_time()
        rungs = _rungs(name, clock, instants, calendar)
    except WorkingTimeUnknown as error:
        return Deadline(name, _rungs(name, clock, instants, None), clock.repeat, fallback=str(error))
    return Deadline(name, rungs, clock.repeat, calendar.version, provisional=calendar.is_provisional(rungs[-1]))


def _rungs(name: ClockName, clock: Clock, instants: Instants, calendar: WorkingTime | None) -> tuple[datetime, ...]:
    start = instants.start_of(name)
    if name is ClockName.WAIT:
        due_at = wait_over_at(within=clock.within, since=start, waits=instants.waits, calendar=calendar)
    else:
        due_at = _end_of(clock.within, start, calendar)
    rungs = tuple(_end_of(rung.after, due_at, calendar) for rung in clock.rungs)
    if name not in PAUSABLE:
        return rungs
    return rungs_after_pauses(rungs=rungs, pauses=instants.waits, calendar=calendar)


def _after_pause(due_at: datetime, paused_at: datetime, resumed_at: datetime, calendar: WorkingTime | None) -> datetime:
    if due_at <= paused_at:
        return due_at
    if calendar is None:
        return due_at + (resumed_at - paused_at)
    work = calendar.work_between(paused_at, due_at)
    return calendar.add_hours(resumed_at, work) if work else resumed_at


def _end_of(span: Span, start: datetime, calendar: WorkingTime | None) -> datetime:
    """Return when a span from start is over; without a calendar working time counts as calendar time."""
    if calendar is None or not span.working or not span.amount:
        return start + span.length
    if span.unit == "d":
        return calendar.end_of_working_day(start, span.amount)
    return calendar.add_hours(start, span.length)
