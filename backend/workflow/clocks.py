"""When each clock of a ticket is due: absolute times from the ticket's own instants and the rules it pins. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.deadlines.working_time import WorkingTime, WorkingTimeUnknown
from backend.rulebook.ruleset import Clock, ClockName
from backend.rulebook.spans import Span
from backend.workflow.states import CLOCKS_ARMED, State


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
    """What clocks count from: filing, the last reopening or contesting, the last resolving, the last progress."""

    filed_at: datetime
    reopened_at: datetime | None = None
    resolved_at: datetime | None = None
    progress_at: datetime | None = None

    def start_of(self, clock: ClockName) -> datetime:
        """Return the instant a clock counts from; handing a ticket on or reclassifying it never moves it."""
        if clock is ClockName.VERIFY and self.resolved_at:
            return self.resolved_at
        if clock is ClockName.PROGRESS and self.progress_at:
            return self.progress_at
        return self.reopened_at or self.filed_at


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

    `working_time` is asked only for clocks that use it; if it raises WorkingTimeUnknown they run on calendar time.
    """
    return tuple(
        _deadline(name, rules[name], instants.start_of(name), working_time) for name in ClockName if name in clocks
    )


def _deadline(name: ClockName, clock: Clock, start: datetime, working_time: Callable[[], WorkingTime]) -> Deadline:
    if not clock.uses_working_time:
        return Deadline(name, _ladder(clock, start, None), clock.repeat)
    try:
        calendar = working_time()
        rungs = _ladder(clock, start, calendar)
    except WorkingTimeUnknown as error:
        return Deadline(name, _ladder(clock, start, None), clock.repeat, fallback=str(error))
    return Deadline(name, rungs, clock.repeat, calendar.version, provisional=calendar.is_provisional(rungs[-1]))


def _ladder(clock: Clock, start: datetime, calendar: WorkingTime | None) -> tuple[datetime, ...]:
    due_at = _end_of(clock.within, start, calendar)
    return tuple(_end_of(rung.after, due_at, calendar) for rung in clock.rungs)


def _end_of(span: Span, start: datetime, calendar: WorkingTime | None) -> datetime:
    """Return when a span from start is over; without a calendar working time counts as calendar time."""
    if calendar is None or not span.working or not span.amount:
        return start + span.length
    if span.unit == "d":
        return calendar.end_of_working_day(start, span.amount)
    return calendar.add_hours(start, span.length)
