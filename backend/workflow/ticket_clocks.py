"""The clocks of a ticket as it stands, and their due times by the rules it pins and its school's calendar."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db.models import QuerySet, prefetch_related_objects

from backend.calendars.selectors import working_time_get
from backend.calendars.working_time import CalendarUnusable, WorkingTime
from backend.deadlines.models import Timer
from backend.deadlines.selectors import open_timers_of, timers_of
from backend.rulebook.ruleset import Clock, ClockName, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.clocks import Deadline, Instants, Pause, clocks_resting, clocks_running, deadlines_of, work_left
from backend.workflow.models import Ticket
from backend.workflow.states import State

logger = logging.getLogger(__name__)

SUBJECT_KIND = "ticket"
OWN = ""
"""The target of a ticket's own timers; those of its parts carry the name of the part."""


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
    return clocks_resting(state=State(ticket.state), known=rules_of(ticket).keys())


def instants_of(ticket: Ticket) -> Instants:
    """Return what the clocks of a ticket count from."""
    return Instants(
        filed_at=ticket.filed_at,
        reopened_at=ticket.reopened_at,
        resolved_at=ticket.resolved_at,
        progress_at=ticket.progress_at,
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
        working_time=partial(_working_time, ticket, now),
    )


def work_left_at(ticket: Ticket, timer: Timer, *, since: datetime, now: datetime) -> timedelta:
    """Return the work from an instant to the next rung of one of a ticket's timers, by its calendar as it is now."""
    return work_left(
        clock=rules_of(ticket)[ClockName(timer.clock)],
        since=since,
        due_at=timer.due_at,
        working_time=partial(_working_time, ticket, now),
    )


def calendar_version(ticket: Ticket) -> int | None:
    """Return the version of the calendar of a ticket's school; None where it has none."""
    calendar = ticket.school.calendar
    return calendar.version if calendar else None


def _working_time(ticket: Ticket, now: datetime) -> WorkingTime:
    calendar = ticket.school.calendar
    if calendar is None:
        raise CalendarUnusable("The school has no calendar.")
    return working_time_get(calendar_id=calendar.id, version=calendar.version, zone=ticket.school.time_zone, now=now)
