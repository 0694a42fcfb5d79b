"""Duplicates: what was merged into a ticket, where one that was merged went, and whether two can be one."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from backend.common.ids import ReferenceWrong, reference_parse
from backend.organisation.actors import Actor
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.errors import ActionNotAllowed
from backend.workflow.merge_errors import (
    CannotBeOne,
    EarlierOneLeads,
    MergedAlready,
    PromiseWouldBeLost,
    TicketBusy,
    UnknownTicket,
)
from backend.workflow.models import Ticket, TicketMerge
from backend.workflow.policy import Relation, relations_of
from backend.workflow.relation_groups import CORRECTORS
from backend.workflow.selectors import concerned_in, tickets_with_school
from backend.workflow.sight import tickets_known
from backend.workflow.standing import merge_lowers_promise
from backend.workflow.states import OVER, State


def merge_of(*, ticket: Ticket) -> TicketMerge:
    """Return how a ticket that is merged was merged, with the ticket it went into."""
    merges = TicketMerge.objects.select_related("into__school", "merged_by")
    return merges.get(ticket=ticket, ended_at=None)


def goes_on_elsewhere(*, ticket: Ticket) -> bool:
    """Say whether a ticket is merged into one that is not over; a query only for one that is merged."""
    if ticket.state != State.MERGED:
        return False
    return TicketMerge.objects.filter(ticket=ticket, ended_at=None).exclude(into__state__in=OVER).exists()


def merged_here(*, ticket: Ticket) -> frozenset[UUID]:
    """Return the tickets that were merged into a ticket; read where they are not known with it."""
    if ticket.merged_here is None:
        merges = TicketMerge.objects.filter(into=ticket, ended_at=None)
        ticket.merged_here = frozenset(merges.values_list("ticket_id", flat=True))
    return ticket.merged_here


def reporters_merged(*, ticket: Ticket) -> list[tuple[UUID, UUID]]:
    """Return who reported what was merged into a ticket, each by the ticket they know it by."""
    merged = merged_here(ticket=ticket)
    reported = Ticket.objects.filter(id__in=merged).only("reporter") if merged else ()
    return [(row.id, row.reporter_id) for row in reported if row.reporter_id]


def tickets_lock_beside(*, ticket_ids: Collection[UUID]) -> list[Ticket]:
    """Lock tickets as `tickets_lock` does, but without waiting, for what follows from a change of another one.

    Raises TicketBusy where somebody changes one of them now.
    """
    free = Ticket.objects.select_for_update(no_key=True, skip_locked=True).filter(id__in=ticket_ids).order_by("id")
    ids = list(free.values_list("id", flat=True))
    if len(ids) < len(ticket_ids):
        raise TicketBusy
    return list(tickets_with_school(ticket_ids=ids).values())


def ticket_meant(*, actor: Actor, named: str, pointer: str = "/into") -> UUID:
    """Return the id of the ticket that an id or a reference names, of those the actor may know of; or UnknownTicket."""
    found = tickets_known(actor=actor).filter(_named(named, pointer)).values_list("id", flat=True).first()
    if found is None:
        raise UnknownTicket(pointer=pointer)
    return found


def _named(named: str, pointer: str) -> Q:
    try:
        return Q(reference=reference_parse(named))
    except ReferenceWrong:
        pass
    try:
        return Q(id=UUID(named))
    except ValueError:
        raise UnknownTicket(pointer=pointer) from None


def check_can_be_one(*, actor: Actor, ticket: Ticket, target: Ticket) -> None:
    """Raise where a ticket cannot be merged into another one, both locked and known to the actor.

    Whom they concern is the same for both, or somebody would read of themselves; the refusal does not say so.
    """
    if target.school_id != ticket.school_id:
        raise UnknownTicket(pointer="/into")
    if relations_of(actor=actor, ticket=target).isdisjoint(CORRECTORS):
        raise ActionNotAllowed(pointer="/into")
    if target.state == State.MERGED:
        raise MergedAlready(pointer="/into")
    if _rules_of_sight(ticket) != _rules_of_sight(target):
        raise CannotBeOne(pointer="/into")
    if (ticket.filed_at, ticket.id) < (target.filed_at, target.id):
        raise EarlierOneLeads(pointer="/into")
    if _gets_rid_of_promise(actor, ticket, target):
        raise PromiseWouldBeLost(pointer="/into")


def _gets_rid_of_promise(actor: Actor, ticket: Ticket, target: Ticket) -> bool:
    if not merge_lowers_promise(ticket=ticket, target=target):
        return False
    return Relation.ABOVE_PROMISE not in relations_of(actor=actor, ticket=ticket)


def _rules_of_sight(ticket: Ticket) -> tuple[bool, bool, frozenset[UUID]]:
    concerned = concerned_in(tickets=[ticket])[ticket.id]
    return ticket.is_exercise, ticket.confidentiality == Confidentiality.K2, concerned
