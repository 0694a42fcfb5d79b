"""Tickets about the same problem: what comes back, and what is merged, by docs/adr/0047 and 0039 alone."""

from collections.abc import Iterable
from datetime import timedelta

from tools.prove.simulate.told import TicketTold

RECURS_WITHIN = timedelta(days=30)
URGENCIES = ("P1", "P2", "P3", "P4")


def came_back(ticket: TicketTold, tickets: Iterable[TicketTold]) -> bool:
    """Say whether the same was solved and closed at a ticket's place within thirty days before it was filed."""
    return ticket.place is not None and any(
        (old.place, old.category, old.state) == (ticket.place, ticket.category, "closed")
        and old.resolved_at is not None
        and old.closed_at is not None
        and timedelta(0) <= ticket.filed_at - old.closed_at <= RECURS_WITHIN
        and old.secrecy <= ticket.secrecy
        and (old.secrecy == "K2") == (ticket.secrecy == "K2")
        for old in tickets
    )


def raised(ticket: TicketTold, severity: str, tickets: Iterable[TicketTold]) -> str:
    """Return how urgent a ticket is once it is known whether it came back: one step more, while it is open."""
    if ticket.is_back or not came_back(ticket, tickets):
        return severity
    ticket.is_back = True
    is_kept = ticket.state in {"waiting", "resolved"}
    return severity if is_kept else URGENCIES[max(URGENCIES.index(severity) - 1, 0)]


def classed(ticket: TicketTold, category: str, secrecy: str, tickets: Iterable[TicketTold]) -> None:
    """Take note of a category, and of the class it has at least; what was merged into it follows a stricter one."""
    ticket.category = category
    if secrecy <= ticket.secrecy:
        return
    for one in (ticket, *(other for other in tickets if other.merged_into is ticket)):
        one.secrecy = max(one.secrecy, secrecy)
