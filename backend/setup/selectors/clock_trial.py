"""Trying another clock on the reports of last term: how many would have escalated, and how far up.

Each clock that ran on a ticket is a row of the deadline engine, with when it began and when it was done. Both rules are
applied to these spans, so that nothing but the rules differs.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.calendars.models import Term
from backend.calendars.selectors import working_time_get
from backend.calendars.working_time import CalendarUnusable, WorkingTime
from backend.deadlines.selectors import timers_of
from backend.organisation.models import School
from backend.rulebook.clock_edits import ClockAt
from backend.rulebook.ruleset import Clock, ClockName, Confidentiality, Ruleset, Severity
from backend.setup.selectors.rule_trial import HALF_A_YEAR
from backend.workflow.clocks import OWN, PAUSABLE, SUBJECT_KIND, Instants, Pause, deadlines_of
from backend.workflow.models import Ticket, TicketWait

MOST_TRIED = 5000
DAY = timedelta(days=1)
COUNTED_ANEW = frozenset({ClockName.VERIFY, ClockName.PROGRESS, ClockName.SILENCE, ClockName.WAIT})
"""The clocks that count from the instant at which they are started; all others from filing or reopening."""


@dataclass(frozen=True, slots=True)
class Period:
    """The time whose reports a change is tried on; the term is None where no calendar says when one was."""

    term: Term | None
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class ClockTrial:
    """The numbers of reports of a period that came to each step of a ladder, by the present rules and by others."""

    period: Period
    reports: int
    before: Sequence[int]
    after: Sequence[int]

    @property
    def escalated_before(self) -> int:
        """The number of reports that came to the first step."""
        return self.before[0]

    @property
    def escalated_after(self) -> int:
        """The number that would have."""
        return self.after[0]


@dataclass(frozen=True, slots=True)
class Run:
    """One span in which a clock ran on a ticket."""

    ticket_id: UUID
    since: datetime
    until: datetime


def clock_tried(*, school: School, before: Ruleset, after: Ruleset, at: ClockAt, now: datetime) -> ClockTrial:
    """Return what another clock would have done to last term's reports; four queries and those of the calendar.

    Only open reports are counted: how many confidential ones there are is nobody's business here.
    """
    period = period_tried(school=school, now=now)
    tickets = _tickets(school, at, period)
    replay = _Replay(
        clock=at.clock,
        runs=list(_runs(tickets, at.clock, now)),
        waits=_waits(tickets) if at.clock in PAUSABLE or at.clock is ClockName.WAIT else {},
        working_time=partial(_working_time, school, now),
    )
    counts = [replay.reached(_clocks(rules, at, tickets)) for rules in (before, after)]
    return ClockTrial(period, len(tickets), *counts)


def period_tried(*, school: School, now: datetime) -> Period:
    """Return the last term that is over, if the school was live in it; else the one that runs, else half a year."""
    zone = ZoneInfo(school.time_zone)
    begun = Term.objects.filter(calendar__school=school, first__lte=now.astimezone(zone).date()).order_by("-first")[:2]
    periods = [_period(term, zone) for term in begun]
    over = next((period for period in periods if period.until <= now), None)
    if over and (school.live_at is None or school.live_at < over.until):
        return over
    running = next((period for period in periods if period.until > now), None)
    return replace(running, until=now) if running else Period(None, now - HALF_A_YEAR, now)


def _period(term: Term, zone: ZoneInfo) -> Period:
    since, until = (datetime.combine(day, time.min, tzinfo=zone) for day in (term.first, term.last + DAY))
    return Period(term, since, until)


def _tickets(school: School, at: ClockAt, period: Period) -> dict[UUID, tuple[str, Severity]]:
    """Return the newest open reports of the period on which the clock can have run."""
    filed = Ticket.objects.filter(school=school, filed_at__gte=period.since, filed_at__lt=period.until)
    rows = filed.filter(seal=Confidentiality.K0, is_exercise=False)
    if at.severity is not None:
        rows = rows.filter(severity=at.severity)
    found = rows.order_by("-filed_at", "id").values_list("id", "category", "severity")[:MOST_TRIED]
    return {ticket_id: (category, Severity(severity)) for ticket_id, category, severity in found}


def _runs(tickets: Mapping[UUID, object], clock: ClockName, now: datetime) -> Iterator[Run]:
    """Yield when the clock ran; one that was stopped and armed again in one breath counts on from where it began."""
    timers = timers_of(subject_kind=SUBJECT_KIND, subject_ids=list(tickets), target=OWN, open_only=False)
    rows = timers.filter(clock=clock).order_by("subject_id", "epoch")
    run: Run | None = None
    for ticket_id, started_at, stopped_at in rows.values_list("subject_id", "started_at", "stopped_at"):
        goes_on = (
            clock not in COUNTED_ANEW and run is not None and (run.ticket_id, run.until) == (ticket_id, started_at)
        )
        if run is not None and not goes_on:
            yield run
        run = Run(ticket_id, run.since if run and goes_on else started_at, stopped_at or now)
    if run is not None:
        yield run


def _waits(tickets: Mapping[UUID, object]) -> Mapping[UUID, Sequence[Pause]]:
    waits: defaultdict[UUID, list[Pause]] = defaultdict(list)
    rows = TicketWait.objects.filter(ticket__in=list(tickets)).order_by("since")
    for ticket_id, since, until in rows.values_list("ticket_id", "since", "ended_at"):
        if until is not None:
            waits[ticket_id].append((since, until))
    return waits


def _clocks(rules: Ruleset, at: ClockAt, tickets: Mapping[UUID, tuple[str, Severity]]) -> dict[UUID, Clock]:
    """Return the clock of each ticket by some rules; of a category that they do not have any more, its severity's."""
    found = {}
    for ticket_id, (category, severity) in tickets.items():
        is_known = category in rules.categories
        usual = {**rules.clocks[severity], **rules.bounds}
        clocks = rules.clocks_of(category=category, severity=severity) if is_known else usual
        if at.clock in clocks:
            found[ticket_id] = clocks[at.clock]
    return found


@dataclass(frozen=True, slots=True)
class _Replay:
    """The spans in which one clock ran, to be held against rules."""

    clock: ClockName
    runs: Sequence[Run]
    waits: Mapping[UUID, Sequence[Pause]]
    working_time: Callable[[], WorkingTime]

    def reached(self, clocks: Mapping[UUID, Clock]) -> list[int]:
        """Return how many tickets came to each step; there is always a first one."""
        height = max((len(clock.rungs) for clock in clocks.values()), default=1)
        highest: defaultdict[UUID, int] = defaultdict(int)
        for run in self.runs:
            if run.ticket_id in clocks:
                passed = sum(due_at < run.until for due_at in self._rungs(run, clocks[run.ticket_id]))
                highest[run.ticket_id] = max(highest[run.ticket_id], passed)
        return [sum(steps > step for steps in highest.values()) for step in range(height)]

    def _rungs(self, run: Run, clock: Clock) -> Sequence[datetime]:
        is_wait = self.clock is ClockName.WAIT
        waits = self.waits.get(run.ticket_id, ())
        instants = Instants(
            filed_at=run.since,
            resolved_at=run.since,
            progress_at=run.since,
            silent_from=run.since,
            waiting_since=run.since,
            waits=tuple(wait for wait in waits if (wait[1] <= run.since if is_wait else wait[0] >= run.since)),
        )
        (deadline,) = deadlines_of(
            clocks={self.clock}, rules={self.clock: clock}, instants=instants, working_time=self.working_time
        )
        return deadline.rungs


def _working_time(school: School, now: datetime) -> WorkingTime:
    calendar = school.calendar
    if calendar is None:
        raise CalendarUnusable("The school has no calendar.")
    return working_time_get(calendar_id=calendar.id, version=calendar.version, zone=school.time_zone, now=now)
