"""Time in hand as the page of a ticket shows it: each office that had it, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.portal.figure_shapes import time_in_words
from backend.workflow.hands import changed_hands, hands_of
from backend.workflow.models import Ticket, TicketEvent


@dataclass(frozen=True, slots=True)
class HandRow:
    """An office that had it, for how long, and whether it has it now."""

    office: str
    length: str
    since: datetime
    is_present: bool


def hand_rows(*, ticket: Ticket, events: Sequence[TicketEvent], now: datetime) -> list[HandRow]:
    """Return which office had a ticket for how long; nothing, at no cost, where it stayed with the first one."""
    if not changed_hands(events):
        return []
    hands = hands_of(ticket=ticket, now=now)
    return [HandRow(row.office.name, time_in_words(row.length), row.since, row.until is None) for row in hands]
