"""Links between tickets: which a reader may see, which can be made, and making or undoing one."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from backend.organisation.actors import Actor
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.change import TicketChange
from backend.workflow.link_errors import CannotBeLinked, LinkedAlready, LinkedToItself
from backend.workflow.merge_errors import UnknownTicket
from backend.workflow.merging import ticket_meant
from backend.workflow.models import LinkKind, Ticket, TicketLink
from backend.workflow.selectors import ticket_get
from backend.workflow.sight import tickets_known


@dataclass(frozen=True, slots=True)
class Linked:
    """A link as one ticket has it: the other one, and whether the other one follows from this one."""

    link: TicketLink
    other: Ticket
    is_followed: bool


def links_shown(*, actor: Actor, ticket: Ticket) -> list[Linked]:
    """Return the links of a ticket the reader was let in to with tickets they may know of too, the first made first.

    Two statements, none where it has no link.
    """
    links = _links(ticket)
    known = tickets_known(actor=actor).filter(id__in=[_other_id(link, ticket) for link in links]) if links else ()
    others = {other.id: other for other in known}
    shown = [(link, others.get(_other_id(link, ticket))) for link in links]
    return [
        Linked(link, other, is_followed=link.kind == LinkKind.FOLLOWS and link.other_id == ticket.id)
        for link, other in shown
        if other is not None
    ]


def link_make(*, change: TicketChange, ticket: Ticket, other: Ticket, kind: LinkKind) -> None:
    """Link two tickets, of which the change is about one; the first follows from the other where one follows."""
    link = TicketLink(ticket=ticket, other=other, kind=kind, linked_by_id=change.actor_id, linked_at=change.now)
    change.keeps(link)
    change.ticket.linked = (change.ticket.linked or frozenset()) | {link.id}


def other_to_link(*, change: TicketChange, named: str) -> Ticket:
    """Return the ticket that is meant, of those the actor may know of; raise where it cannot be linked.

    What is strictly confidential is linked with nothing that is not, since even the link would tell of it.
    """
    ticket, actor = change.ticket, change.actor
    meant = ticket_meant(actor=actor, named=named, pointer="/other")
    if meant == ticket.id:
        raise LinkedToItself(pointer="/other")
    other = ticket_get(actor=actor, ticket_id=meant)
    if other.school_id != ticket.school_id:
        raise UnknownTicket(pointer="/other")
    if _rules_of_sight(other) != _rules_of_sight(ticket):
        raise CannotBeLinked(pointer="/other")
    if any(_other_id(link, ticket) == other.id for link in _links(ticket)):
        raise LinkedAlready(pointer="/other")
    return other


def link_undo(*, change: TicketChange, named: str) -> None:
    """End the link with the ticket that is meant; raise UnknownTicket where there is none the actor may see."""
    meant = ticket_meant(actor=change.actor, named=named, pointer="/linked")
    ended = [link for link in _links(change.ticket) if _other_id(link, change.ticket) == meant]
    if not ended:
        raise UnknownTicket(pointer="/linked")
    for link in ended:
        link.ended_at, link.ended_by_id = change.now, change.actor.person_id
        change.keeps(link)
    change.ticket.linked = (change.ticket.linked or frozenset()) - {link.id for link in ended}


def _links(ticket: Ticket) -> Sequence[TicketLink]:
    if ticket.linked == frozenset():
        return ()
    of_ticket = Q(ticket=ticket) | Q(other=ticket)
    return list(TicketLink.objects.filter(of_ticket, ended_at=None).select_related("linked_by").order_by("linked_at"))


def _other_id(link: TicketLink, ticket: Ticket) -> UUID:
    return link.other_id if link.ticket_id == ticket.id else link.ticket_id


def _rules_of_sight(ticket: Ticket) -> tuple[bool, bool]:
    return ticket.is_exercise, ticket.confidentiality == Confidentiality.K2
