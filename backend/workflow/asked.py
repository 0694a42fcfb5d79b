"""The parts of tickets that are not settled, read once for a ticket however often they are asked for, or for a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, prefetch_related_objects

from backend.organisation.models import Person
from backend.rulebook.ruleset import ClockName
from backend.workflow.models import PartOutcome, PromisedDate, Ticket, TicketPart

READ, NAMED = "asked", "dates_named"
UNSETTLED = Q(ended_at=None) | Q(kind=ClockName.SUBTASK, outcome=PartOutcome.REFUSED)
"""The condition of the database for `is_unsettled`."""
ASKED = (
    TicketPart.objects.filter(UNSETTLED)
    .select_related("office", "person", "asked_by", "outside")
    .order_by("due_at", "id")
)
PARTS = Prefetch("parts", queryset=ASKED, to_attr=READ)
NAMED_BY = PromisedDate.objects.select_related("named_by").order_by("named_at", "id")
DATES = Prefetch("dates", queryset=NAMED_BY, to_attr=NAMED)


@dataclass(frozen=True, slots=True)
class Said:
    """The words of somebody about a part, and when; `by` is None where the system asked."""

    words: str
    by: Person | None
    at: datetime


def parts_read(tickets: Sequence[Ticket]) -> None:
    """Read what of tickets' parts is not settled, and the dates named for promises; those without any cost nothing."""
    unread = [ticket for ticket in tickets if ticket.part_count and READ not in vars(ticket)]
    prefetch_related_objects(unread, PARTS)
    dates_read([part for ticket in unread for part in vars(ticket)[READ]])


def parts_asked(ticket: Ticket) -> list[TicketPart]:
    """Return the parts that were not settled when they were read, and those asked since; some may have ended by now."""
    parts_read([ticket])
    asked: list[TicketPart] = vars(ticket).setdefault(READ, [])
    return asked


def promise_open(ticket: Ticket) -> TicketPart | None:
    """Return the promise that stands on a ticket; None where there is none."""
    return next((part for part in parts_asked(ticket) if part.is_promise and part.is_open), None)


def dates_read(parts: Sequence[TicketPart]) -> None:
    """Read the dates named for those parts that are promises, in one statement; none where no part is one."""
    prefetch_related_objects([part for part in parts if part.is_promise], DATES)


def dates_named(promise: TicketPart) -> list[PromisedDate]:
    """Return the dates that were named for a promise so far, the one that counts last; read once."""
    if NAMED not in vars(promise):
        dates_read([promise])
    named: list[PromisedDate] = vars(promise)[NAMED]
    return named


def said_of(part: TicketPart) -> Said:
    """Return the words with which a part was asked, by whom and when; of a promise those of the date that counts."""
    if not part.is_promise:
        return Said(part.words, part.asked_by, part.asked_at)
    last = dates_named(part)[-1]
    return Said(last.reason, last.named_by, last.named_at)


def reporter_is_asked(ticket: Ticket) -> bool:
    """Say whether a question to the reporter is open: one that goes to nobody outside."""
    open_ones = (part for part in parts_asked(ticket) if part.is_open and part.kind == ClockName.QUESTION)
    return any(getattr(part, "outside", None) is None for part in open_ones)
