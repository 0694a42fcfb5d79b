"""Proving the ledger: every ticket's chain, and that the ticket still says what was filed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from backend.workflow.actions.reclassify import RECLASSIFY
from backend.workflow.ledger import Break, Link, StoredLink, filed_break, filed_of, first_break
from backend.workflow.models import Ticket, TicketEventPayload

LEDGER_BATCH = 200
FIRST = UUID(int=0)
EVENT_FIELDS = (
    *("sequence", "kind", "version", "at", "actor_id", "commitment", "previous_hash", "hash"),
    *("payload__event_id", "payload__salt", "payload__body"),
)


@dataclass(frozen=True, slots=True)
class TicketVerdict:
    """The verdict on the chain of one ticket, with the number of its events."""

    ticket_id: UUID
    reference: str
    events: int
    broken: Break | None


def ledger_verdicts(
    *, is_restored: bool = False, after: UUID = FIRST, since: datetime | None = None
) -> Iterator[TicketVerdict]:
    """Check every ticket of every school, 200 at a time, each batch's chains as they stood at one instant.

    What was restored may be older than an erasure. It goes on after a ticket, and passes over what last changed before
    an instant.
    """
    tickets = Ticket.objects.all() if since is None else Ticket.objects.filter(updated_at__gte=since)
    while batch := {ticket.id: ticket for ticket in tickets.filter(id__gt=after).order_by("id")[:LEDGER_BATCH]}:
        for verdict in _verdicts(batch, is_restored):
            yield verdict if verdict.broken is None else _verdict_again(verdict, is_restored)
        after = max(batch)


def _verdict_again(verdict: TicketVerdict, is_restored: bool) -> TicketVerdict:
    """Return the verdict on a ticket read anew: words whose key an erasure destroyed meanwhile were there no more."""
    ticket = Ticket.objects.get(reference=verdict.reference)
    return next(_verdicts({ticket.id: ticket}, is_restored))


def _verdicts(batch: Mapping[UUID, Ticket], is_restored: bool) -> Iterator[TicketVerdict]:
    rows = (
        Ticket.objects.filter(id__in=batch)
        .order_by("id", "events__sequence")
        .values_list("id", "event_count", "event_hash", *(f"events__{name}" for name in EVENT_FIELDS))
    )
    for (ticket_id, count, head), events in groupby(rows.iterator(), key=lambda row: row[:3]):
        links = [_stored_link(ticket_id, *event[3:]) for event in events if event[3] is not None]
        ticket = batch[ticket_id]
        filed = filed_of(ticket=ticket, place_id=_place_filed(ticket, links))
        broken = first_break(links=links, count=count, head=bytes(head), is_restored=is_restored)
        broken = broken or filed_break(links=links, filed=filed)
        yield TicketVerdict(ticket_id, ticket.reference, len(links), broken)


def _place_filed(ticket: Ticket, links: Sequence[StoredLink]) -> UUID | None:
    """Return the place before its first correction; the ticket was read before the events, so none is missed."""
    for stored in links:
        changes = (stored.body or {}).get("changes", {}) if stored.link.kind == RECLASSIFY.event.name else {}
        if "place" in changes:
            before = changes["place"]["from"]
            return UUID(before) if before else None
    return ticket.place_id


def _stored_link(ticket_id: UUID, *fields: Any) -> StoredLink:
    sequence, kind, version, at, actor_id, commitment, previous_hash, own_hash, event_id, salt, body = fields
    link = Link(ticket_id, sequence, kind, version, at, actor_id, bytes(commitment), bytes(previous_hash))
    if event_id is None:
        return StoredLink(link, bytes(own_hash), None, None)
    payload = TicketEventPayload.from_db(DEFAULT_DB_ALIAS, ["event_id", "salt", "body"], [event_id, salt, body])
    return StoredLink(link, bytes(own_hash), bytes(payload.salt) or None, payload.body)
