"""Reads of problems that came back: the tickets before, as far as the reader may know of them, and how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from backend.organisation.actors import Actor
from backend.workflow.models import CauseReview, Ticket, TicketEvent, TicketFix, TicketRecurrence
from backend.workflow.sight import tickets_known

ONCE = 2
"""The number of a ticket about a problem that came back once."""


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier ticket about the same, how it was solved, and what was said then (empty after an erasure)."""

    ticket: Ticket
    fix: TicketFix | None
    note: str


@dataclass(frozen=True, slots=True)
class Recurred:
    """That a ticket is about a problem that came back, and those before that the reader may know of, the last first.

    `is_unexplained`: it came back before too, and nobody has found the cause of that yet.
    """

    recurrence: TicketRecurrence
    before: Sequence[Before]
    is_unexplained: bool


def recurred(*, actor: Actor, ticket: Ticket) -> Recurred:
    """Return what came before a ticket about a problem that came back, to which the reader was let in."""
    recurrence = TicketRecurrence.objects.get(ticket=ticket)
    row = TicketRecurrence.objects.filter(first=recurrence.first_id, number__lt=recurrence.number).values_list(
        "ticket", flat=True
    )
    known = tickets_known(actor=actor).filter(Q(id=recurrence.first_id) | Q(id__in=row))
    tickets = sorted(known, key=lambda one: (one.filed_at, one.id), reverse=True)
    fixes = {fix.ticket_id: fix for fix in TicketFix.objects.filter(ticket__in=tickets, undone_at=None)}
    events = TicketEvent.objects.filter(ticket__in=tickets, kind="resolve").select_related("payload")
    notes = {event.ticket_id: _note(event) for event in events.order_by("sequence")}
    before = [Before(one, fixes.get(one.id), notes.get(one.id, "")) for one in tickets]
    return Recurred(recurrence, before, not ticket.is_exercise and _is_unexplained(recurrence, row))


def _is_unexplained(recurrence: TicketRecurrence, row: "QuerySet[TicketRecurrence, UUID]") -> bool:
    """Say whether it came back before, and none of the tickets about that was reviewed, whoever may know of them."""
    return recurrence.number > ONCE and not CauseReview.objects.filter(ticket__in=row).exists()


def _note(event: TicketEvent) -> str:
    payload = getattr(event, "payload", None)
    return str(payload.body.get("note", "")) if payload else ""
