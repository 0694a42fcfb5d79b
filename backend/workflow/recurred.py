"""Reads of problems that came back: the tickets before, as far as the reader may know of them, and how often."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from backend.organisation.actors import Actor
from backend.workflow.models import Ticket, TicketEvent, TicketFix, TicketRecurrence
from backend.workflow.sight import tickets_known


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier ticket about the same, how it was solved, and what was said then (empty after an erasure)."""

    ticket: Ticket
    fix: TicketFix | None
    note: str


@dataclass(frozen=True, slots=True)
class Recurred:
    """That a ticket is about a problem that came back, and those before that the reader may know of, the last first."""

    recurrence: TicketRecurrence
    before: Sequence[Before]


def recurred(*, actor: Actor, ticket: Ticket) -> Recurred:
    """Return what came before a ticket about a problem that came back, to which the reader was let in."""
    recurrence = TicketRecurrence.objects.get(ticket=ticket)
    row = TicketRecurrence.objects.filter(first=recurrence.first_id, number__lt=recurrence.number).values("ticket")
    known = tickets_known(actor=actor).filter(Q(id=recurrence.first_id) | Q(id__in=row))
    tickets = sorted(known, key=lambda one: (one.filed_at, one.id), reverse=True)
    fixes = {fix.ticket_id: fix for fix in TicketFix.objects.filter(ticket__in=tickets, undone_at=None)}
    events = TicketEvent.objects.filter(ticket__in=tickets, kind="resolve").select_related("payload")
    notes = {event.ticket_id: _note(event) for event in events.order_by("sequence")}
    return Recurred(recurrence, [Before(one, fixes.get(one.id), notes.get(one.id, "")) for one in tickets])


def _note(event: TicketEvent) -> str:
    payload = getattr(event, "payload", None)
    return str(payload.body.get("note", "")) if payload else ""
