"""A calendar changed: the deadlines of open tickets that rest on it move, batch after batch."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.calendars.models import Calendar
from backend.calendars.services import CALENDAR_CHANGED
from backend.common.outbox import OutboxDraft, outbox_add
from backend.deadlines.models import Timer
from backend.deadlines.selectors import timers_of
from backend.deadlines.services import TimerMove, timers_move
from backend.organisation.actors import SYSTEM
from backend.organisation.models import School
from backend.rulebook.ruleset import ClockName
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.clocks import SUBJECT_KIND, calendar_version, deadlines_now, rules_of, timers_of_tickets
from backend.workflow.maintenance import FIRST, schools_with_stale_clocks, tickets_with_clocks
from backend.workflow.models import Ticket
from backend.workflow.system_events import CLOCKS_MOVED

BATCH = 200


@dataclass(frozen=True, slots=True)
class Moved:
    """One deadline of one ticket that moves, or would: its next due time before and after."""

    reference: str
    clock: str
    before: datetime
    after: datetime

    @property
    def by(self) -> timedelta:
        """How far it moves; less than nothing towards the past."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The tickets looked at and the deadlines moved; `last` is the ticket to go on after, None at the end."""

    tickets: int
    moved: tuple[Moved, ...]
    last: UUID | None


def tickets_recompute(*, school_id: UUID, now: datetime, dry_run: bool, batch: int = BATCH) -> Recomputed:
    """Move the deadlines of all open tickets of a school to its calendar as it is now, each batch in its transaction.

    What fired stays as it is; only rungs to come move. A dry run changes nothing and says what would move.
    """
    tickets, moved = 0, list[Moved]()
    last: UUID | None = FIRST
    while last is not None:
        done = tickets_recompute_batch(school_id=school_id, after=last, now=now, dry_run=dry_run, batch=batch)
        tickets += done.tickets
        moved += done.moved
        last = done.last
    return Recomputed(tickets, tuple(moved), None)


@transaction.atomic
def tickets_recompute_batch(
    *, school_id: UUID, after: UUID, now: datetime, dry_run: bool, batch: int = BATCH
) -> Recomputed:
    """Move the deadlines of the next open tickets of a school, in the order of ids; lock them as an action does."""
    tickets = tickets_with_clocks(school_id=school_id, after=after, limit=batch, lock=not dry_run)
    moves = _moves_of(tickets, now)
    changed = [ticket for ticket in tickets if any(move.before != move.after for move in moves[ticket.id])]
    if not dry_run:
        timers_move(moves=[move for found in moves.values() for move in found], now=now)
        _record(changed, moves, now)
    return Recomputed(
        tickets=len(tickets),
        moved=tuple(
            Moved(ticket.reference, move.timer.clock, move.before[0], move.after[0])
            for ticket in changed
            for move in moves[ticket.id]
            if move.before != move.after
        ),
        last=tickets[-1].id if len(tickets) == batch else None,
    )


def calendar_changed(*, payload: Mapping[str, Any], now: datetime) -> None:
    """Recompute the next batch for a changed calendar, and have the rest done by a message of its own."""
    school = School.objects.filter(calendar=payload["calendar"]).first()
    if school is None:
        return  # nothing rests on it
    after = UUID(payload.get("after", str(FIRST)))
    done = tickets_recompute_batch(school_id=school.id, after=after, now=now, dry_run=False)
    if done.last is not None:
        rest = {**payload, "after": str(done.last)}
        key = f"calendar:{payload['calendar']}:{payload['version']}:{done.last}"
        outbox_add(drafts=[OutboxDraft(topic=CALENDAR_CHANGED, dedup_key=key, payload=rest)], now=now)


def recompute_stale(*, now: datetime) -> int:
    """Ask again for the recomputing of every school some of whose clocks rest on an older calendar; return how many."""
    stale = Calendar.objects.filter(school__in=schools_with_stale_clocks()).values_list("id", "version")
    drafts = [
        OutboxDraft(
            topic=CALENDAR_CHANGED,
            dedup_key=f"calendar:{calendar_id}:{version}:{now:%F}",
            payload={"calendar": str(calendar_id), "version": f"{version}:{now:%F}"},
        )
        for calendar_id, version in stale
    ]
    return len(outbox_add(drafts=drafts, now=now))


def _moves_of(tickets: Sequence[Ticket], now: datetime) -> dict[UUID, list[TimerMove]]:
    """Return for each ticket the running timers that rest on working time of another calendar, and what they would be.

    A paused one is computed anew, by the calendar as it is then, when it goes on.
    """
    running: defaultdict[UUID, list[Timer]] = defaultdict(list)
    for timer in timers_of_tickets(ticket_ids=[ticket.id for ticket in tickets]):
        running[timer.subject_id].append(timer)
    return {ticket.id: _moves(ticket, running[ticket.id], now) for ticket in tickets}


def _moves(ticket: Ticket, timers: Sequence[Timer], now: datetime) -> list[TimerMove]:
    rules = rules_of(ticket)
    version = calendar_version(ticket)
    stale = {
        ClockName(timer.clock): timer
        for timer in timers
        if timer.armed and timer.calendar_version != version and rules[ClockName(timer.clock)].uses_working_time
    }
    wanted = deadlines_now(ticket, stale, now) if stale else ()
    return [TimerMove(stale[deadline.clock], deadline.rungs, deadline.calendar_version) for deadline in wanted]


def _record(tickets: Sequence[Ticket], moves: Mapping[UUID, Sequence[TimerMove]], now: datetime) -> None:
    changes = []
    due = _due_times(tickets)
    for ticket in tickets:
        change = TicketChange(ticket=ticket, by=SYSTEM, now=now, moves=False)
        ticket.next_due_at = min(due[ticket.id].values())
        change.wait_until(due[ticket.id].get(ClockName.WAIT))
        moved = [_said(move) for move in moves[ticket.id] if move.before != move.after]
        change.record(CLOCKS_MOVED, calendar=calendar_version(ticket), moved=moved)
        changes.append(change)
    changes_store(changes=changes, now=now)


def _due_times(tickets: Sequence[Ticket]) -> dict[UUID, dict[str, datetime]]:
    """Return when each running clock of some tickets is due, and by its name each part of them."""
    due: defaultdict[UUID, dict[str, datetime]] = defaultdict(dict)
    running = timers_of(subject_kind=SUBJECT_KIND, subject_ids=[ticket.id for ticket in tickets]).filter(armed=True)
    for timer in running:
        due[timer.subject_id][timer.target or timer.clock] = timer.ladder[0]
    return due


def _said(move: TimerMove) -> dict[str, Any]:
    return {
        "clock": move.timer.clock,
        "from": [due_at.isoformat() for due_at in move.before],
        "to": [due_at.isoformat() for due_at in move.after],
    }
