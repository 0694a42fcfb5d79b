"""Giving everything that is on record its number in the tree: what is committed and has none, in the order it happened.

Whoever files or acts knows nothing of it: the notary finds by itself what has changed. Nothing is left out: it looks
from five minutes before the oldest transaction that was open at the last look, and once a day at everything.
"""
# ruff: noqa: S608 - what is put into the statements is written here

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from backend.notary.covering import NEWEST, digests
from backend.notary.entries import event_entry
from backend.notary.models import Leaf, NotaryMark
from backend.notary.selectors import open_since
from backend.notary.services.leaves import Added, Covering, leaves_add, mark_lock
from backend.notary.services.records import records_number
from backend.workflow.ledger import SALT_BYTES

TICKETS = 500
BATCHES = 20
"""In one look, which has to end long before a worker's time limit; the next look goes on."""
LOOK_BACK = timedelta(minutes=5)
"""A change is stamped before its transaction begins, by no more than this."""
COMPARED_EVERY = timedelta(days=1)
FIRST = UUID(int=0)
NUMBERED = """
    LEFT JOIN LATERAL (
        SELECT leaf.number FROM notary_leaf AS leaf
        WHERE leaf.subject = ticket.id AND leaf.kind = 'event' ORDER BY leaf.number DESC LIMIT 1
    ) AS last ON true
    WHERE EXISTS (
        SELECT FROM workflow_ticketevent AS event
        WHERE event.ticket_id = ticket.id AND event.sequence > coalesce(last.number, 0)
    )"""
# Of each school one look into the index of what changed.
CHANGED = f"""
    SELECT ticket.id, coalesce(last.number, 0) AS number FROM organisation_school AS school
    CROSS JOIN LATERAL (
        SELECT changed.id FROM workflow_ticket AS changed
        WHERE changed.school_id = school.id AND changed.updated_at >= %(since)s
    ) AS ticket {NUMBERED} LIMIT %(most)s"""
EVERY = f"""
    SELECT ticket.id, coalesce(last.number, 0) AS number
    FROM workflow_ticket AS ticket {NUMBERED} AND ticket.id > %(after)s ORDER BY ticket.id LIMIT %(most)s"""
EVENTS = """
    SELECT event.ticket_id, event.sequence, event.hash
    FROM unnest(%s::uuid[], %s::integer[]) AS behind(id, number)
    JOIN workflow_ticketevent AS event ON event.ticket_id = behind.id AND event.sequence > behind.number
    WINDOW so_far AS (PARTITION BY event.ticket_id ORDER BY event.sequence)
    ORDER BY max(event.at) OVER so_far, event.ticket_id, event.sequence"""
STATES = (
    digests(NEWEST)
    + """
        WHERE NOT EXISTS (
            SELECT FROM notary_leaf AS leaf
            WHERE leaf.subject = ticket.id AND leaf.kind = 'state' AND leaf.number = ticket.event_count
        )"""
)


@dataclass(frozen=True, slots=True)
class Behind:
    """Tickets of which something has no number yet, each with the number of its last event that has one."""

    tickets: list[UUID]
    numbers: list[int]


def ledger_number(*, now: datetime) -> bool:
    """Number what has no number yet; return whether nothing is left, for now, that has none.

    One at a time: whoever finds another at it leaves it to that one.
    """
    NotaryMark.objects.get_or_create(id=1)
    open_from = open_since()  # before anything is read: what began later is found by the next look
    is_full = False
    after: UUID | None = FIRST
    for _batch in range(BATCHES):
        with transaction.atomic():
            mark = mark_lock()
            if mark is None:
                return False
            is_full = mark.up_to is None or mark.compared_at is None or now - mark.compared_at >= COMPARED_EVERY
            behind = _behind(mark, after if is_full else None)
            _number(mark, behind)
            after = behind.tickets[-1] if len(behind.tickets) == TICKETS else None
            if after is None:
                mark.up_to = min(open_from or now, now)
                mark.compared_at = now if is_full else mark.compared_at
            mark.save(update_fields=["size", "up_to", "compared_at"])
        if after is None:
            return records_number(is_full=is_full)
    return False


def _behind(mark: NotaryMark, after: UUID | None) -> Behind:
    """Return what is behind among what changed lately, or after a ticket among all."""
    if after is None:
        rows = _rows(CHANGED, {"since": mark.up_to - LOOK_BACK if mark.up_to else None, "most": TICKETS})
    else:
        rows = _rows(EVERY, {"after": after, "most": TICKETS})
    return Behind([row[0] for row in rows], [row[1] for row in rows])


def _number(mark: NotaryMark, behind: Behind) -> None:
    """Number the events of tickets, and after them what each ticket says then."""
    if not behind.tickets:
        return
    rows = _rows(EVENTS, [behind.tickets, behind.numbers])
    leaves = [Added(Leaf.EVENT, row[0], row[1], entry=event_entry(bytes(row[2]))) for row in rows]
    salts = {ticket_id: secrets.token_bytes(SALT_BYTES) for ticket_id in behind.tickets}
    for ticket_id, number, _reference, made in _rows(STATES, [list(salts), list(salts.values())]):
        covering = Covering(NEWEST, salts[ticket_id], tuple(map(bytes, made)))
        leaves.append(Added(Leaf.STATE, ticket_id, number, covering=covering))
    leaves_add(mark=mark, leaves=leaves)


def _rows(statement: str, parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
