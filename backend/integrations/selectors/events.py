"""Events of tickets as one reader may know them now: each, a tombstone, or nothing; the one policy decides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from backend.integrations.cursors import START, Place, cursor_of, cursor_read
from backend.integrations.errors import EventsAnew
from backend.integrations.models import FeedEntry
from backend.organisation.actors import Actor
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.gone import changes_hiding
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.sight import tickets_known
from backend.workflow.system_events import OPENED

MOST_LOOKED_AT = 500
"""The most events that one page is chosen from."""


class EventType(TextChoices):
    """The types of events."""

    OPENED = "ticket.opened", _("A ticket was opened")
    CHANGED = "ticket.changed", _("Something happened to a ticket")
    GONE = "ticket.gone", _("A ticket left the sight of the reader")


@dataclass(frozen=True, slots=True)
class Event:
    """An event as a reader is told of it: which ticket it is about, and no contents.

    `kind` says what happened; like `reference` it is None where the ticket is or was confidential, or is gone.
    """

    id: UUID
    type: EventType
    kind: str | None
    at: datetime
    ticket_id: UUID
    reference: str | None


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events in their order, the cursor with which to go on, and whether more are there already."""

    items: Sequence[Event]
    cursor: str
    is_more: bool


def events_page(*, actor: Actor, cursor: str | None, size: int, now: datetime) -> EventPage:
    """Return what a reader may know of the events after a cursor; without one no event, and the cursor of now.

    Raises CursorInvalid or EventsAnew. Whatever the number of events, two statements for them, two more where there is
    one that the reader may not know of, and one more for those who may have grants.
    """
    if cursor is None:
        return EventPage((), cursor_of(actor=actor, place=_newest(actor), now=now), is_more=False)
    position, tag = cursor_read(actor=actor, cursor=cursor, now=now)
    entries = _entries_from(actor, position, tag)
    place, is_more = Place(position, UUID(bytes=tag + bytes(8))), len(entries) == MOST_LOOKED_AT
    items: list[Event] = []
    for entry, event in zip(entries, events_known(actor=actor, entries=entries), strict=True):
        if event and len(items) == size:
            is_more = True  # one that the reader may know of: what they may not makes no page look like it had a next
            break
        place = Place(entry.position, entry.event_id)
        items += [event] if event else []
    return EventPage(items, cursor_of(actor=actor, place=place, now=now), is_more)


def events_known(*, actor: Actor, entries: Sequence[FeedEntry]) -> Iterator[Event | None]:
    """Yield for each entry what the reader may know of it now.

    That is the event where they see its ticket, a tombstone where it took the ticket out of their sight, else nothing.
    """
    tickets = {entry.ticket_id for entry in entries}
    known = set(tickets_known(actor=actor).filter(id__in=tickets).values_list("id", flat=True)) if tickets else set()
    hidden = [(entry.ticket_id, entry.event.at) for entry in entries if entry.ticket_id not in known]
    hiding = changes_hiding(actor=actor, happened=hidden)
    for entry in entries:
        if entry.ticket_id in known:
            yield event_of(entry.event, entry.ticket)
        else:
            yield tombstone_of(entry.event) if (entry.ticket_id, entry.event.at) in hiding else None


def event_of(event: TicketEvent, ticket: Ticket) -> Event:
    """Return an event as somebody is told of it who sees its ticket; of a confidential one only that it changed."""
    if ticket.seal != Confidentiality.K0:
        return Event(event.id, EventType.CHANGED, None, event.at, ticket.id, None)
    what = EventType.OPENED if event.kind == OPENED.name else EventType.CHANGED
    return Event(event.id, what, event.kind, event.at, ticket.id, ticket.reference)


def tombstone_of(event: TicketEvent) -> Event:
    """Return what is left of an event for somebody who saw its ticket and does not any more."""
    return Event(event.id, EventType.GONE, None, event.at, event.ticket_id, None)


def entries_near(*, actor: Actor) -> QuerySet[FeedEntry]:
    """Return the entries of the reader's school, or of the schools of their bureau, with event and ticket."""
    near = Q(school=actor.school_id) if actor.school_id else Q(school__bureau=actor.bureau_id)
    whole = FeedEntry.objects.filter(near).select_related("event", "ticket")
    fields = ("position", "event__ticket_id", "event__kind", "event__at", "ticket__seal", "ticket__reference")
    return whole.only(*fields, "school_id")


def _newest(actor: Actor) -> Place:
    """Return the last place there is; whoever starts there reads the lists as they stand, and misses nothing."""
    last = entries_near(actor=actor).order_by("-position").first()
    return Place(last.position, last.event_id) if last else START


def _entries_from(actor: Actor, position: int, tag: bytes) -> list[FeedEntry]:
    """Return the entries after a place; raise EventsAnew where another event stands there, or none any more."""
    found = list(entries_near(actor=actor).filter(position__gte=position).order_by("position")[: MOST_LOOKED_AT + 1])
    if position == START.position:
        return found[:MOST_LOOKED_AT]
    if not found or found[0].position != position or Place(position, found[0].event_id).tag != tag:
        raise EventsAnew
    return found[1:]
