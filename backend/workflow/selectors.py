"""Reads of tickets; each is scoped to what the actor may know of, and what lies outside does not exist."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.rulebook.ruleset import Confidentiality
from backend.rulebook.selectors import ruleset_get
from backend.workflow.ledger import Break, Link, StoredLink, first_break
from backend.workflow.models import Ticket, TicketEvent, TicketParticipant

LEDGER_BATCH = 200
EVENT_FIELDS = (
    "sequence",
    "kind",
    "at",
    "actor_id",
    "commitment",
    "previous_hash",
    "hash",
    "payload__salt",
    "payload__body",
)
ONLY_WHEN_CALLED = (Role.BOARD_CHAIR, Role.BUREAU_OFFICER)
"""Roles outside a school's daily work; what they are told about, they may open."""
SCHOOL_WIDE = (Role.COORDINATOR, Role.DUTY_LEADER, Role.VICE_PRINCIPAL, Role.PRINCIPAL)


def tickets_visible(*, actor: Actor) -> QuerySet[Ticket]:
    """Return the tickets the actor may know of; whoever a report concerns never finds it."""
    return _visible(actor).select_related("school", "owner", "place", "assignee", "reporter")


def _visible(actor: Actor) -> QuerySet[Ticket]:
    concerned = TicketParticipant.objects.filter(ticket=OuterRef("pk"), person=actor.person_id)
    return Ticket.objects.filter(_scope(actor), ~Exists(concerned))


def _scope(actor: Actor) -> Q:
    """Say what the actor's posts open; the bureau and the board chair see only what has climbed up to them."""
    ordinary = Q(reporter=actor.person_id) | Q(assignee=actor.person_id)
    units = actor.units(Role.HANDLER, Role.OFFICE_HEAD)
    if units:
        ordinary |= Q(owner__in=units)
    if actor.holds(*SCHOOL_WIDE):
        ordinary |= Q(school=actor.school_id)
    if actor.holds(Role.BUREAU_OFFICER):
        ordinary |= Q(school__bureau=actor.bureau_id, level__gte=1)
    called = Q(paged__contains=[actor.person_id])
    if actor.holds(*ONLY_WHEN_CALLED):
        ordinary |= called
    strict = Q(assignee=actor.person_id)
    if actor.holds(Role.PROTECTION_LEAD, Role.PRINCIPAL):
        strict |= Q(school=actor.school_id)
    if actor.holds(*ONLY_WHEN_CALLED):
        strict |= called
    confidential = Q(confidentiality=Confidentiality.K2)
    return (~confidential & ordinary) | (confidential & strict)


def ticket_get(*, actor: Actor, ticket_id: UUID) -> Ticket:
    """Return a ticket the actor may know of, or NotFound."""
    ticket = tickets_visible(actor=actor).filter(id=ticket_id).first()
    if ticket is None:
        raise NotFound
    return ticket


def ticket_lock(*, actor: Actor, ticket_id: UUID) -> Ticket:
    """Return a ticket the actor may know of, locked until the end of the transaction, or NotFound."""
    # Locked by itself and read afterwards: a join would lose a ticket whose owner changed while we waited.
    locked = _visible(actor).select_for_update(of=("self",), no_key=True).filter(id=ticket_id)
    if not locked.values_list("id").first():
        raise NotFound
    return ticket_get(actor=actor, ticket_id=ticket_id)


def tickets_of_offices(*, actor: Actor) -> QuerySet[Ticket]:
    """Return the visible tickets that wait for the actor: owned by their offices, assigned to them, or school-wide."""
    waiting = Q(assignee=actor.person_id) | Q(owner__in=actor.units(Role.HANDLER, Role.OFFICE_HEAD))
    if actor.holds(*SCHOOL_WIDE, Role.PROTECTION_LEAD):
        waiting |= Q(school=actor.school_id)
    if actor.holds(Role.BUREAU_OFFICER):
        waiting |= Q(school__bureau=actor.bureau_id)
    return tickets_visible(actor=actor).filter(waiting)


def timeline(*, ticket: Ticket) -> Sequence[TicketEvent]:
    """Return the ticket's events in order, with what they say; the caller has been let in to the ticket."""
    return list(ticket.events.select_related("payload").order_by("sequence"))


def concerned_in(*, ticket_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Return for each ticket the people it concerns, who are told nothing and never act on it."""
    found: dict[UUID, set[UUID]] = {ticket_id: set() for ticket_id in ticket_ids}
    rows = TicketParticipant.objects.filter(ticket__in=ticket_ids).values_list("ticket_id", "person_id")
    for ticket_id, person_id in rows:
        found[ticket_id].add(person_id)
    return found


def category_name(ticket: Ticket, *, chinese: bool) -> str:
    """Return the name of the ticket's category in the rulebook version it pins."""
    category = ruleset_get(ticket.rulebook_id).categories[ticket.category]
    return category.name_zh if chinese else category.name_en


@dataclass(frozen=True, slots=True)
class TicketVerdict:
    """Whether one ticket's chain holds, and how many events it has."""

    reference: str
    events: int
    broken: Break | None


def ledger_verdicts() -> Iterator[TicketVerdict]:
    """Check the chain of every ticket of every school, 200 tickets at a time, each batch as it stood at one instant."""
    after = UUID(int=0)
    while ids := list(Ticket.objects.filter(id__gt=after).order_by("id").values_list("id", flat=True)[:LEDGER_BATCH]):
        rows = (
            Ticket.objects.filter(id__in=ids)
            .order_by("id", "events__sequence")
            .values_list("id", "reference", "event_count", "event_hash", *(f"events__{name}" for name in EVENT_FIELDS))
        )
        for (ticket_id, reference, count, head), events in groupby(rows.iterator(), key=lambda row: row[:4]):
            links = [_stored_link(ticket_id, *event[4:]) for event in events if event[4] is not None]
            broken = first_break(links=links, count=count, head=bytes(head))
            yield TicketVerdict(reference, len(links), broken)
        after = ids[-1]


def _stored_link(ticket_id: UUID, *fields: Any) -> StoredLink:
    sequence, kind, at, actor_id, commitment, previous_hash, own_hash, salt, body = fields
    link = Link(ticket_id, sequence, kind, at, actor_id, bytes(commitment), bytes(previous_hash))
    return StoredLink(link, bytes(own_hash), None if salt is None else bytes(salt), body)
