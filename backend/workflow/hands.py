"""Time in hand: how long each office had a ticket, from what decided sight of it and from when it was over.

Who had it is kept whenever the owner changes, and is never read from what events say, which can be erased. While a
ticket is over nobody has it in hand; while it waits for somebody outside, its office has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.common.sql.statements import prepared_cursor
from backend.organisation.models import Unit
from backend.workflow.actions import ACTIONS
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.states import OVER

ENDING = tuple(action.name for action in ACTIONS if action.target in OVER)
"""The events by which a ticket is over."""
RESUMING = tuple(action.name for action in ACTIONS if action.sources <= OVER and action.leads_to)
"""Those by which one that was over goes on."""
MOVING = frozenset({"accept-offer", "assign-office", "contest-decline"})
"""The events by which a ticket that was routed goes to another office; others say so where they do (`changes`)."""
STRETCHES = """
    WITH points AS (
        SELECT id AS ticket_id, filed_at AS at FROM workflow_ticket WHERE id = ANY(%(tickets)s)
        UNION SELECT ticket_id, at FROM workflow_sightchange WHERE ticket_id = ANY(%(tickets)s)
        UNION SELECT ticket_id, at FROM workflow_ticketevent
        WHERE ticket_id = ANY(%(tickets)s) AND kind = ANY(%(both)s)
    ), stretches AS (
        SELECT ticket_id, at AS since, lead(at) OVER (PARTITION BY ticket_id ORDER BY at) AS until FROM points
    )
    SELECT stretch.ticket_id, coalesce(left_it.owner_id, ticket.owner_id) AS office_id, stretch.since, stretch.until
    FROM stretches AS stretch
    JOIN workflow_ticket AS ticket ON ticket.id = stretch.ticket_id
    LEFT JOIN LATERAL (
        SELECT change.owner_id FROM workflow_sightchange AS change
        WHERE change.ticket_id = stretch.ticket_id AND change.at > stretch.since ORDER BY change.at, change.id LIMIT 1
    ) AS left_it ON true
    LEFT JOIN LATERAL (
        SELECT event.kind FROM workflow_ticketevent AS event
        WHERE event.ticket_id = stretch.ticket_id AND event.at <= stretch.since
          AND event.kind = ANY(%(both)s) ORDER BY event.sequence DESC LIMIT 1
    ) AS last ON true
    WHERE last.kind IS NULL OR last.kind = ANY(%(resuming)s)"""
"""For each of some tickets the stretches of time in which an office had it; of the present one the end is empty."""


def stretches_parameters(*, tickets: Sequence[UUID]) -> Mapping[str, Any]:
    """Return the parameters of `STRETCHES`."""
    return {"tickets": list(tickets), "both": [*ENDING, *RESUMING], "resuming": list(RESUMING)}


@dataclass(frozen=True, slots=True)
class Hand:
    """An office that had a ticket from one instant to another (None: it has it still), and how long that was by now."""

    office: Unit
    since: datetime
    until: datetime | None
    length: timedelta

    @property
    def seconds(self) -> int:
        """Whole seconds for which it had it."""
        return round(self.length.total_seconds())


def hands_of(*, ticket: Ticket, now: datetime) -> list[Hand]:
    """Return the offices that had a ticket the reader was let in to, first to last; two statements."""
    with prepared_cursor() as cursor:
        cursor.execute(f"{STRETCHES} ORDER BY since", stretches_parameters(tickets=[ticket.id]))
        rows = cursor.fetchall()
    offices = Unit.objects.in_bulk({row[1] for row in rows})
    hands: list[Hand] = []
    for _ticket, office_id, since, until in rows:
        length = (until or now) - since
        last = hands[-1] if hands else None
        if last is not None and last.office.id == office_id and last.until == since:
            hands[-1] = Hand(last.office, last.since, until, last.length + length)
        else:
            hands.append(Hand(offices[office_id], since, until, length))
    return hands


def changed_hands(events: Sequence[TicketEvent]) -> bool:
    """Say whether a ticket went to another office since it was routed, as far as its events still tell."""
    return any(event.kind in MOVING or "office" in _changes(event) for event in events)


def _changes(event: TicketEvent) -> Mapping[str, Any]:
    payload = getattr(event, "payload", None)
    changes: Mapping[str, Any] = payload.body.get("changes", {}) if payload else {}
    return changes
