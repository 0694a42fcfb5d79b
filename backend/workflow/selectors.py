"""Reads of tickets; each is scoped to what the actor may know of, and what lies outside does not exist."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.rulebook.ruleset import Confidentiality
from backend.rulebook.selectors import ruleset_get
from backend.workflow.models import Ticket, TicketEvent, TicketParticipant

SCHOOL_WIDE = (Role.COORDINATOR, Role.DUTY_LEADER, Role.VICE_PRINCIPAL, Role.PRINCIPAL)


def tickets_visible(*, actor: Actor) -> QuerySet[Ticket]:
    """Return the tickets the actor may know of; whoever a report concerns never finds it."""
    concerned = TicketParticipant.objects.filter(ticket=OuterRef("pk"), person=actor.person_id)
    return Ticket.objects.filter(_scope(actor), ~Exists(concerned)).select_related(
        "school", "owner", "place", "assignee", "reporter"
    )


def _scope(actor: Actor) -> Q:
    ordinary = Q(reporter=actor.person_id) | Q(assignee=actor.person_id)
    units = actor.units(Role.HANDLER, Role.OFFICE_HEAD)
    if units:
        ordinary |= Q(owner__in=units)
    if actor.holds(*SCHOOL_WIDE):
        ordinary |= Q(school=actor.school_id)
    if actor.holds(Role.BUREAU_OFFICER):
        ordinary |= Q(school__bureau=actor.bureau_id, level__gte=1)
    strict = Q(assignee=actor.person_id)
    if actor.holds(Role.PROTECTION_LEAD, Role.PRINCIPAL):
        strict |= Q(school=actor.school_id)
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
    ticket = tickets_visible(actor=actor).select_for_update(of=("self",), no_key=True).filter(id=ticket_id).first()
    if ticket is None:
        raise NotFound
    return ticket


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
