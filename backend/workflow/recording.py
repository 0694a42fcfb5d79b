"""Writing the ledger: chaining events to tickets, and storing any number of them at once."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.common.sql.prepared import prepared_cursor
from backend.workflow.event_types import EventType
from backend.workflow.ledger import FILED, SALT_BYTES, Link, commitment_of
from backend.workflow.models import Ticket, TicketEvent, TicketEventPayload

EVENT_COLUMNS = (
    *("id", "ticket_id", "sequence", "kind", "version", "at"),
    *("actor_id", "commitment", "previous_hash", "hash"),
)
STORE = f"""
WITH stored AS (
    INSERT INTO workflow_ticketevent ({", ".join(EVENT_COLUMNS)})
    SELECT * FROM unnest(
        %s::uuid[], %s::uuid[], %s::integer[], %s::varchar[], %s::integer[], %s::timestamptz[], %s::uuid[],
        %s::bytea[], %s::bytea[], %s::bytea[]
    )
)
INSERT INTO workflow_ticketeventpayload (event_id, salt, body)
SELECT * FROM unnest(%s::uuid[], %s::bytea[], %s::jsonb[])
"""  # noqa: S608 - names of our own


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event and its payload, chained to the ticket but not stored yet."""

    event: TicketEvent
    payload: TicketEventPayload


def event_chain(
    *,
    ticket: Ticket,
    event: EventType,
    at: datetime,
    actor_id: UUID | None,
    body: dict[str, Any],
    filed: dict[str, str] | None = None,
) -> Recorded:
    """Chain an event to a locked (or new) ticket and move the ticket's head; the caller stores both.

    It says a digest of what was `filed`, salted as all of the event is, so that nobody can guess it. Raises
    UndeclaredField where the body has a field that the event's type does not declare.
    """
    salt = secrets.token_bytes(SALT_BYTES)
    if filed:
        body = {**body, FILED: commitment_of(salt=salt, body=filed).hex()}
    event.check(body)
    commitment = commitment_of(salt=salt, body=body)
    sequence = ticket.event_count + 1
    previous = bytes(ticket.event_hash)
    link = Link(ticket.id, sequence, event.name, event.version, at, actor_id, commitment, previous)
    row = TicketEvent(
        ticket=ticket,
        sequence=sequence,
        kind=event.name,
        version=event.version,
        at=at,
        actor_id=actor_id,
        commitment=commitment,
        previous_hash=previous,
        hash=link.hash(),
    )
    ticket.event_count = sequence
    ticket.event_hash = row.hash
    return Recorded(row, TicketEventPayload(event=row, salt=salt, body=body))


def events_store(recorded: Sequence[Recorded]) -> None:
    """Store chained events with their payloads: one statement, whatever their number."""
    events, payloads = [row.event for row in recorded], [row.payload for row in recorded]
    with prepared_cursor() as cursor:
        cursor.execute(
            STORE,
            [
                *([getattr(event, name) for event in events] for name in EVENT_COLUMNS),
                [event.id for event in events],
                [payload.salt for payload in payloads],
                [json.dumps(payload.body) for payload in payloads],
            ],
        )
