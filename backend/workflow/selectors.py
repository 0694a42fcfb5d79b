"""Reads of tickets; each is scoped to what the actor may know of, and what lies outside does not exist."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet, prefetch_related_objects

from backend.common.errors import NotFound
from backend.common.sql.statements import AlternativesQuerySet, RowQuery, prepared_cursor
from backend.organisation.actors import Actor
from backend.organisation.models import Person, Place, School, Unit
from backend.rulebook.outside_rules import OutsideClock
from backend.rulebook.selectors import ruleset_get
from backend.workflow.merge_errors import TicketBusy
from backend.workflow.models import DeclineProposal, SealProposal, Ticket, TicketEvent, TicketWait
from backend.workflow.policy import BY_GRANT, is_known
from backend.workflow.sight import tickets_known
from backend.workflow.states import OVER

WHOM_IT_CONCERNS = {
    "concerned": """ARRAY(
        SELECT involved.person_id FROM workflow_ticketparticipant AS involved WHERE involved.ticket_id = ticket.id
    )"""
}
MERGED_HERE = {
    "merged_here": """ARRAY(
        SELECT merge.ticket_id FROM workflow_ticketmerge AS merge
        WHERE merge.into_id = ticket.id AND merge.ended_at IS NULL
    )"""
}
RECURS = {"recurs": "EXISTS (SELECT FROM workflow_ticketrecurrence AS row WHERE row.ticket_id = ticket.id)"}
LINKED = {
    "linked": """ARRAY(
        SELECT link.id FROM workflow_ticketlink AS link
        WHERE (link.ticket_id = ticket.id OR link.other_id = ticket.id) AND link.ended_at IS NULL
    )"""
}
NAMED = RowQuery(
    """
    FROM workflow_ticket AS ticket
    JOIN organisation_school AS school ON school.id = ticket.school_id
    JOIN organisation_unit AS owner ON owner.id = ticket.owner_id
    LEFT JOIN organisation_place AS place ON place.id = ticket.place_id
    LEFT JOIN organisation_person AS assignee ON assignee.id = ticket.assignee_id
    LEFT JOIN organisation_person AS reporter ON reporter.id = ticket.reporter_id
    LEFT JOIN workflow_ticketwait AS last_wait ON last_wait.id = ticket.last_wait_id
    LEFT JOIN workflow_declineproposal AS declining ON declining.id = ticket.declining_id
    LEFT JOIN workflow_sealproposal AS lowering ON lowering.id = ticket.lowering_id
    WHERE ticket.id = %s
    """,
    {
        "row_version": "ticket.xmin::text",
        "now": "clock_timestamp()",
        **WHOM_IT_CONCERNS,
        **MERGED_HERE,
        **RECURS,
        **LINKED,
    },
    ticket=Ticket,
    school=School,
    owner=Unit,
    place=Place,
    assignee=Person,
    reporter=Person,
    last_wait=TicketWait,
    declining=DeclineProposal,
    lowering=SealProposal,
)
WITH_SCHOOL = RowQuery(
    """
    FROM workflow_ticket AS ticket JOIN organisation_school AS school ON school.id = ticket.school_id
    LEFT JOIN workflow_ticketwait AS last_wait ON last_wait.id = ticket.last_wait_id
    WHERE ticket.id = ANY(%s)
    """,
    WHOM_IT_CONCERNS,
    ticket=Ticket,
    school=School,
    last_wait=TicketWait,
)
ASSIGNEE = RowQuery("FROM organisation_person AS assignee WHERE assignee.id = %s", assignee=Person)
LOCK = "SELECT xmin::text FROM workflow_ticket WHERE id = %s FOR NO KEY UPDATE"
LOCK_IF_FREE = f"{LOCK} SKIP LOCKED"
CONCERNED = "SELECT ticket_id, person_id FROM workflow_ticketparticipant WHERE ticket_id = ANY(%s)"
BESIDE = ("last_wait", "declining", "lowering")
"""The rows that only some tickets have, which decide what can be done with them."""


def tickets_visible(*, actor: Actor) -> AlternativesQuerySet[Ticket]:
    """Return the tickets the actor may know of; whoever a report concerns never finds it."""
    return _with_names(tickets_known(actor=actor))


def tickets_of_offices(*, actor: Actor) -> AlternativesQuerySet[Ticket]:
    """Return the tickets the actor may know of by office, assignment or post, not for having reported them."""
    return tickets_with_names(actor=actor, tickets=tickets_known(actor=actor, as_reporter=False))


def tickets_with_names(*, actor: Actor, tickets: AlternativesQuerySet[Ticket]) -> AlternativesQuerySet[Ticket]:
    """Return tickets the actor may know of with what a list shows of them, and what decides how the actor stands."""
    named = _with_names(tickets).select_related(*BESIDE)
    return named.prefetch_related("grants") if actor.holds(*BY_GRANT) else named


def _with_names(tickets: AlternativesQuerySet[Ticket]) -> AlternativesQuerySet[Ticket]:
    return tickets.select_related("school", "owner", "place", "assignee", "reporter")


def ticket_get(*, actor: Actor, ticket_id: UUID) -> Ticket:
    """Return a ticket the actor may know of, or NotFound."""
    return _read(actor, ticket_id, is_known).ticket


def ticket_get_now(*, actor: Actor, ticket_id: UUID) -> tuple[Ticket, datetime]:
    """Return the same with the database's time, in one statement."""
    read = _read(actor, ticket_id, is_known)
    return read.ticket, read.now


def assignee_read(*, ticket: Ticket, actor: Actor) -> None:
    """Have the name of whom an action has just assigned a ticket to; the actor's own is known."""
    if not ticket.assignee_id or Ticket.assignee.is_cached(ticket):
        return
    if ticket.assignee_id == actor.person_id:
        ticket.assignee = Person.from_db(None, ["id", "name"], [actor.person_id, actor.name])
    else:
        found = ASSIGNEE.first([ticket.assignee_id])
        ticket.assignee = found["assignee"] if found else None


def ticket_is_visible(*, actor: Actor, ticket_id: UUID) -> bool:
    """Say whether the actor may know of a ticket."""
    return tickets_known(actor=actor).filter(id=ticket_id).exists()


def ticket_still_shown(*, actor: Actor, body: Any) -> Any:
    """Return a stored answer about a ticket if the actor may still know of it; else raise NotFound."""
    if not ticket_is_visible(actor=actor, ticket_id=UUID(body["id"])):
        raise NotFound
    return body


def outcomes_still_shown(*, actor: Actor, body: Any) -> Any:
    """Return a stored answer about many tickets if the actor may still know of all it tells of; else raise NotFound."""
    told = {UUID(item["ticket"]) for item in body["items"] if item["status"] != NotFound.status}
    if tickets_known(actor=actor).filter(id__in=told).count() < len(told):
        raise NotFound
    return body


def tickets_assigned_to(*, person_ids: Collection[UUID]) -> QuerySet[Ticket]:
    """Return the open tickets that are assigned to these people, for what the system does to them."""
    return Ticket.objects.filter(assignee__in=person_ids).exclude(state__in=OVER).select_related("owner").order_by("id")


def tickets_lock(*, ticket_ids: Sequence[UUID]) -> list[Ticket]:
    """Lock these tickets, in the order of their ids, for what the system does to them; return them with their schools.

    Nobody's view is asked. Those that are not there are left out.
    """
    locked = Ticket.objects.select_for_update(no_key=True).filter(id__in=ticket_ids).order_by("id")
    ids = list(locked.values_list("id", flat=True))
    return list(tickets_with_school(ticket_ids=ids).values()) if ids else []


def ticket_lock(*, actor: Actor, ticket_id: UUID) -> Ticket:
    """Return a ticket the actor may know of, locked until the end of the transaction, or NotFound."""
    return _locked(actor, ticket_id, is_known)


def ticket_lock_beside(*, actor: Actor, ticket_id: UUID) -> Ticket:
    """Return a ticket as `ticket_lock` does, for an act that holds another one already.

    Two such acts could wait for each other, so nobody waits here: raises TicketBusy where somebody changes it now.
    """
    return _locked(actor, ticket_id, is_known, LOCK_IF_FREE)


def ticket_lock_of_reporter(*, actor: Actor, ticket_id: UUID) -> Ticket:
    """Return a ticket the actor reported, locked until the end of the transaction, sealed ones too; or NotFound."""
    return _locked(actor, ticket_id, _is_own)


@dataclass(frozen=True, slots=True)
class _Read:
    """A ticket as it was read, which version of its row that was, and when."""

    ticket: Ticket
    row_version: str
    now: datetime


class _LetsIn(Protocol):
    """Decides by a ticket that was read, and by whether it concerns the actor, whether it is there for them."""

    def __call__(self, *, actor: Actor, ticket: Ticket, concerns_actor: bool) -> bool: ...


def _is_own(*, actor: Actor, ticket: Ticket, concerns_actor: bool) -> bool:  # noqa: ARG001 - their report stays theirs
    return ticket.reporter_id == actor.person_id and ticket.school_id == actor.school_scope


def _locked(actor: Actor, ticket_id: UUID, lets_in: _LetsIn, lock: str = LOCK) -> Ticket:
    # Let in before it is locked: whoever may not know of a ticket makes nobody wait for it, and waits for nobody.
    read = _read(actor, ticket_id, lets_in)
    with prepared_cursor() as cursor:
        # By itself: a join would lose a ticket whose owner changed while we waited.
        cursor.execute(lock, [ticket_id])
        found = cursor.fetchone()
    if found is None:
        raise TicketBusy
    if found != (read.row_version,):
        read = _read(actor, ticket_id, lets_in)
    return read.ticket


def _read(actor: Actor, ticket_id: UUID, lets_in: _LetsIn) -> _Read:
    row = NAMED.first([ticket_id])
    if row is None:
        raise NotFound
    ticket = _with_related(row, "school", "owner", "place", "assignee", "reporter", *BESIDE)
    ticket.merged_here, ticket.recurs = frozenset(row["merged_here"]), row["recurs"]
    ticket.linked = frozenset(row["linked"])
    grants_read(actors=[actor], tickets=[ticket])
    if not lets_in(actor=actor, ticket=ticket, concerns_actor=actor.person_id in row["concerned"]):
        raise NotFound
    return _Read(ticket, row["row_version"], row["now"])


def grants_read(*, actors: Iterable[Actor], tickets: Sequence[Ticket]) -> None:
    """Read the grants of tickets once where they decide what one of the actors may do; for most people they cannot."""
    if any(actor.holds(*BY_GRANT) for actor in actors):
        prefetch_related_objects(tickets, "grants")


def schools_have_tickets(*, school_ids: Collection[UUID]) -> bool:
    """Say whether any of the schools has a ticket, so that it is past being set up."""
    return Ticket.objects.filter(school__in=school_ids).exists()


def tickets_with_school(*, ticket_ids: Sequence[UUID]) -> dict[UUID, Ticket]:
    """Return these tickets with their schools, for what the system does to them: nobody's view is asked."""
    tickets = [_with_related(row, "school", "last_wait") for row in WITH_SCHOOL.rows([list(ticket_ids)])]
    return {ticket.id: ticket for ticket in tickets}


def _with_related(row: Mapping[str, Any], *names: str) -> Ticket:
    ticket: Ticket = row["ticket"]
    for name in names:
        setattr(ticket, name, row[name])
    ticket.concerned = frozenset(row["concerned"])
    return ticket


def timeline(*, ticket: Ticket) -> Sequence[TicketEvent]:
    """Return the ticket's events in order, with what they say; the caller has been let in to the ticket.

    Only those that the ticket knew of when it was read: a page that was routed meanwhile tells of one moment.
    """
    known = ticket.events.filter(sequence__lte=ticket.event_count)
    return list(known.select_related("payload").order_by("sequence"))


def concerned_in(*, tickets: Iterable[Ticket]) -> dict[UUID, frozenset[UUID]]:
    """Return for each ticket the people it concerns, who are told nothing and never act on it; read where unknown."""
    found = {ticket.id: ticket.concerned for ticket in tickets}
    if unknown := [ticket_id for ticket_id, people in found.items() if people is None]:
        with prepared_cursor() as cursor:
            cursor.execute(CONCERNED, [unknown])
            rows = cursor.fetchall()
        found |= {ticket_id: frozenset(person for own, person in rows if own == ticket_id) for ticket_id in unknown}
    return {ticket_id: people or frozenset() for ticket_id, people in found.items()}


def category_name(ticket: Ticket, *, chinese: bool, code: str | None = None) -> str:
    """Return the name of the ticket's category, or of the one with this code, in the rulebook version it pins."""
    category = ruleset_get(ticket.rulebook_id).categories[code or ticket.category]
    return category.name_zh if chinese else category.name_en


def category_names(ticket: Ticket, *, chinese: bool) -> dict[str, str]:
    """Return the names of every category in the rulebook version the ticket pins, by code."""
    categories = ruleset_get(ticket.rulebook_id).categories.values()
    return {category.code: category.name_zh if chinese else category.name_en for category in categories}


def outside_clocks_of(ticket: Ticket) -> list[OutsideClock]:
    """Return the reports to authorities that the ticket's category may call for, by the version it pins."""
    rules = ruleset_get(ticket.rulebook_id)
    return [rules.outside_clocks[key] for key in rules.categories[ticket.category].outside_clocks]
