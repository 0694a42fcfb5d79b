"""Reads over all tickets for recomputing and auditing them: scoped to nobody, shown to operators only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet

from backend.deadlines.ladders import ladder_moved
from backend.deadlines.models import Timer
from backend.rulebook.ruleset import ClockName
from backend.workflow.clocks import (
    OWN,
    SUBJECT_KIND,
    calendar_version,
    clocks_of,
    clocks_paused,
    deadlines_now,
    rules_of,
    timers_of_tickets,
    work_left_at,
)
from backend.workflow.models import Ticket
from backend.workflow.states import CLOCKS_ARMED

AUDIT_BATCH = 1000
WITH_CLOCKS = [state for state, clocks in CLOCKS_ARMED.items() if clocks]
FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class WrongClocks:
    """A ticket whose open timers are not those that its standing implies."""

    reference: str
    state: str
    missing: tuple[str, ...]
    surplus: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}: missing {list(self.missing)}, surplus {list(self.surplus)}"


def tickets_with_clocks(*, school_id: UUID, after: UUID, limit: int, lock: bool) -> list[Ticket]:
    """Return the next tickets of a school in a state with clocks, by id, with its calendar; locked if asked."""
    tickets = Ticket.objects.select_related("school__calendar", "last_wait").prefetch_related("waits")
    tickets = tickets.filter(school=school_id, state__in=WITH_CLOCKS, id__gt=after)
    if lock:
        tickets = tickets.select_for_update(of=("self",), no_key=True)
    return list(tickets.order_by("id")[:limit])


def schools_with_stale_clocks() -> QuerySet[Ticket, UUID]:
    """Return the ids of the schools some of whose running clocks rest on an older version of the calendar."""
    stale = Timer.objects.filter(
        subject_kind=SUBJECT_KIND,
        subject_id=OuterRef("id"),
        target=OWN,
        armed=True,
        calendar_version__lt=OuterRef("school__calendar__version"),
    )
    rows = Ticket.objects.filter(Exists(stale), state__in=WITH_CLOCKS)
    return rows.order_by("school").values_list("school_id", flat=True).distinct()


def tickets_with_wrong_clocks() -> Iterator[WrongClocks]:
    """Walk all tickets in batches and yield those whose open timers differ from what state and rules imply."""
    after = FIRST
    open_timers = Timer.objects.filter(
        subject_kind=SUBJECT_KIND, subject_id=OuterRef("id"), target=OWN, stopped_at=None
    )
    running = ArraySubquery(open_timers.filter(armed=True).order_by("clock").values("clock"))
    resting = ArraySubquery(open_timers.filter(armed=False).order_by("clock").values("clock"))
    tickets = Ticket.objects.annotate(running=running, resting=resting).order_by("id")
    while batch := list(tickets.filter(id__gt=after)[:AUDIT_BATCH]):
        yield from filter(None, map(_wrong_clocks, batch))
        after = batch[-1].id


def _wrong_clocks(ticket: Ticket) -> WrongClocks | None:
    wanted = {*clocks_of(ticket), *(f"{clock} (at rest)" for clock in clocks_paused(ticket))}
    running: list[str] = ticket.running  # type: ignore[attr-defined]
    resting: list[str] = ticket.resting  # type: ignore[attr-defined]
    found = {*running, *(f"{clock} (at rest)" for clock in resting)}
    missing, surplus = tuple(sorted(wanted - found)), tuple(sorted(found - wanted))
    return WrongClocks(ticket.reference, ticket.state, missing, surplus) if missing or surplus else None


@dataclass(frozen=True, slots=True)
class LostTime:
    """A clock of a ticket that waited, whose rungs to come are not when its pauses make them due."""

    reference: str
    clock: str
    stands: tuple[datetime, ...]
    wanted: tuple[datetime, ...]

    def __str__(self) -> str:
        times = " ".join(at.isoformat() for at in self.stands), " ".join(at.isoformat() for at in self.wanted)
        return f"{self.reference} {self.clock}: due {times[0]}, should be {times[1]}"


def tickets_with_lost_time(*, now: datetime) -> Iterator[LostTime]:
    """Walk all unsolved tickets that wait or waited, and yield the clocks whose pauses did not keep the work left.

    A clock that rests on an older calendar is left out: it moves with the change of the calendar, or when it goes on.
    """
    after = FIRST
    waited = Ticket.objects.filter(last_wait__isnull=False, state__in=WITH_CLOCKS)
    waited = waited.select_related("school__calendar", "last_wait").prefetch_related("waits").order_by("id")
    while batch := list(waited.filter(id__gt=after)[:AUDIT_BATCH]):
        timers = timers_of_tickets(ticket_ids=[ticket.id for ticket in batch])
        of_ticket = {timer.subject_id: timer for timer in timers.filter(clock=ClockName.RESOLVE)}
        for ticket in batch:
            if timer := of_ticket.get(ticket.id):
                yield from _lost_time(ticket, timer, now)
        after = batch[-1].id


def _lost_time(ticket: Ticket, timer: Timer, now: datetime) -> Iterator[LostTime]:
    uses_calendar = rules_of(ticket)[ClockName(timer.clock)].uses_working_time
    if uses_calendar and timer.calendar_version != calendar_version(ticket):
        return
    (deadline,) = deadlines_now(ticket, {ClockName(timer.clock)}, now)
    if bool(deadline.fallback) != (uses_calendar and timer.calendar_version is None):
        return
    wanted = ladder_moved(ladder=timer.ladder, rung=timer.rung, wanted=deadline.rungs)
    if tuple(timer.ladder) != wanted:
        yield LostTime(ticket.reference, timer.clock, tuple(timer.ladder), wanted)
    if timer.remaining is not None and ticket.wait is not None:
        since = ticket.wait.since
        left = work_left_at(ticket, timer, since=since, now=now)
        if timer.remaining != left:
            yield LostTime(ticket.reference, timer.clock, (since + timer.remaining,), (since + left,))
