"""The comparison of the database with the oracle, and the other checks at the end of the simulated year."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain, islice
from typing import Any
from uuid import UUID

from django.db import connection

from backend.deadlines.handlers import subject_kinds
from backend.deadlines.invariants import INVARIANTS as OF_TIMERS
from backend.deadlines.models import Escalation, Timer
from backend.deadlines.selectors import invariant_breaks
from backend.workflow.clocks import SUBJECT_KIND
from backend.workflow.invariants import INVARIANTS as OF_TICKETS
from backend.workflow.maintenance import tickets_with_lost_time, tickets_with_wrong_clocks
from backend.workflow.models import Ticket, TicketPart
from tools.prove.simulate.firings import Fired, Key, Next
from tools.prove.simulate.judge_watch import AUDITED, watched
from tools.prove.simulate.oracle import Oracle
from tools.prove.simulate.watch import Watch

SHOWN = 20
UNREACHABLE = """
SELECT event.ticket_id, event.sequence FROM workflow_ticketevent AS event
JOIN workflow_ticketeventpayload AS payload ON payload.event_id = event.id
WHERE event.kind = 'escalated' AND (
    jsonb_array_length(payload.body -> 'reached') = 0
    OR EXISTS (
        SELECT FROM jsonb_array_elements_text(payload.body -> 'reached') AS person(id)
        JOIN duty_absence AS absence ON absence.person_id = person.id::uuid
        WHERE absence.starts_at <= event.at AND event.at < absence.ends_at
    )
)
"""


def disagreements(oracle: Oracle) -> list[str]:
    """Return in words everything in which the database differs from the oracle."""
    levels = {ticket.key: ticket.level for ticket in oracle.tickets.values()}
    states = {ticket.key: ticket.state for ticket in oracle.tickets.values()}
    classes = {ticket.key: ticket.secrecy for ticket in oracle.tickets.values()}
    untold = {ticket.key: ticket.untold for ticket in oracle.tickets.values()}
    return [
        *_differing("fired", oracle.fired, _fired()),
        *_differing("waits", dict(oracle.running()), _running()),
        *_differing("level", levels, dict(Ticket.objects.values_list("id", "level"))),
        *_differing("state", states, dict(Ticket.objects.values_list("id", "state"))),
        *_differing("class", classes, dict(Ticket.objects.values_list("id", "confidentiality"))),
        *_differing("untold", untold, dict(Ticket.objects.values_list("id", "untold_count"))),
        *_differing("part", dict(_parts_told(oracle)), dict(_parts())),
        *_unreachable(),
    ]


def disagreements_beside(watch: Watch) -> list[str]:
    """Return in words everything in which the database differs from the oracle of what is watched beside tickets."""
    return [line for what, wanted, found in watched(watch) for line in _differing(what, wanted, found)]


def broken(now: datetime) -> list[str]:
    """Return what the auditors of deadlines, tickets, rounds and started plans find broken at an instant."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # a year went by within minutes, and nobody has counted its rows yet
    kinds = subject_kinds()
    found = [
        f"{invariant.sentence} {row}"
        for invariant in (*OF_TIMERS, *OF_TICKETS, *AUDITED)
        for row in invariant_breaks(query=invariant.query, now=now, kinds=kinds, limit=SHOWN)
    ]
    wrong = chain(tickets_with_wrong_clocks(), tickets_with_lost_time(now=now))
    return found + [str(row) for row in islice(wrong, SHOWN)]


def _differing(what: str, wanted: Mapping[Any, Any], found: Mapping[Any, Any]) -> Iterator[str]:
    for key in sorted(wanted.keys() | found.keys(), key=str):
        if wanted.get(key) != found.get(key):
            yield f"{what} {_said(key)}: oracle {_said(wanted.get(key))}, database {_said(found.get(key))}"


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(_said(part) for part in value)
    if isinstance(value, frozenset):
        return "{" + " ".join(sorted(_said(part) for part in value)) + "}"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _fired() -> dict[Key, Fired]:
    """Return what fired for tickets; the clocks of reports to somebody outside are judged by their own audit."""
    rows = Escalation.objects.filter(timer__subject_kind=SUBJECT_KIND).values_list(
        "timer__subject_id", "timer__clock", "timer__epoch", "rung", "timer__target", "due_at", "fired_at"
    )
    return {Key(*row[:5]): Fired(*row[5:]) for row in rows.iterator()}


def _running() -> dict[Key, Next]:
    rows = Timer.objects.filter(subject_kind=SUBJECT_KIND, stopped_at=None).values_list(
        "subject_id", "clock", "epoch", "rung", "target", "armed", "due_at"
    )
    return {Key(*row[:5]): Next(row[6] if row[5] else None) for row in rows.iterator()}


def _parts_told(oracle: Oracle) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for ticket in oracle.tickets.values():
        for part in ticket.parts:
            yield part.key, (ticket.key, part.kind, part.office, part.due_at, part.outcome, part.ended_at, part.steps)


def _parts() -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield everything that was asked about tickets, with the steps from which the dates of a promise were named."""
    for part in TicketPart.objects.select_related("office").prefetch_related("dates").iterator(chunk_size=1000):
        office = part.office.code if part.office else ""
        steps = [date.step for date in sorted(part.dates.all(), key=lambda date: (date.named_at, date.id))]
        yield str(part.id), (part.ticket_id, part.kind, office, part.due_at, part.outcome, part.ended_at, steps)


def _unreachable() -> list[str]:
    """Return the escalations that reached nobody, or somebody who was away at that instant."""
    with connection.cursor() as cursor:
        cursor.execute(UNREACHABLE)
        rows: list[tuple[UUID, int]] = cursor.fetchall()
    return [f"reached nobody who is there: ticket {ticket_id} event {sequence}" for ticket_id, sequence in rows]
