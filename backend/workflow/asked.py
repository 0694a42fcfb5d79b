"""The open parts of tickets, read once for each ticket however often they are asked for, or at once for a list."""

from collections.abc import Sequence

from django.db.models import Prefetch, prefetch_related_objects

from backend.workflow.models import PromisedDate, Ticket, TicketPart

READ, NAMED = "asked", "dates_named"
OPEN = TicketPart.objects.filter(ended_at=None).select_related("office", "person", "asked_by").order_by("due_at", "id")
PARTS = Prefetch("parts", queryset=OPEN, to_attr=READ)
DATES = Prefetch("dates", queryset=PromisedDate.objects.order_by("named_at", "id"), to_attr=NAMED)


def parts_read(tickets: Sequence[Ticket]) -> None:
    """Read the open parts of tickets, and the dates that were named for promises; those without any cost nothing."""
    unread = [ticket for ticket in tickets if ticket.part_count and READ not in vars(ticket)]
    prefetch_related_objects(unread, PARTS)
    prefetch_related_objects([part for ticket in unread for part in vars(ticket)[READ] if part.is_promise], DATES)


def parts_asked(ticket: Ticket) -> list[TicketPart]:
    """Return the parts that were open when they were read, and those asked since; some may have ended meanwhile."""
    parts_read([ticket])
    asked: list[TicketPart] = vars(ticket).setdefault(READ, [])
    return asked


def promise_open(ticket: Ticket) -> TicketPart | None:
    """Return the promise that stands on a ticket; None where there is none."""
    return next((part for part in parts_asked(ticket) if part.is_promise and part.is_open), None)


def dates_named(promise: TicketPart) -> list[PromisedDate]:
    """Return the dates that were named for a promise so far, the one that counts last; read once."""
    if NAMED not in vars(promise):
        prefetch_related_objects([promise], DATES)
    named: list[PromisedDate] = vars(promise)[NAMED]
    return named
