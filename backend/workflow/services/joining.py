"""Joining what was reported before: its reporter says when filing that it is the same, or follows from it.

Filing never fails for it. What cannot go on with the earlier ticket any more, because that is over, changes just now or
left the reporter's sight, stays a ticket of its own, and is linked with the earlier one where that may be.
"""

from datetime import datetime
from uuid import UUID

from backend.common.errors import NotFound
from backend.organisation.actors import Actor, System
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.actions.link import LINK
from backend.workflow.actions.merge import MERGE
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.earlier import Earlier, EarlierRelation
from backend.workflow.links import link_make
from backend.workflow.merge_errors import TicketBusy
from backend.workflow.models import LinkKind, Ticket, TicketMerge
from backend.workflow.offices import office_give
from backend.workflow.selectors import concerned_in, ticket_get, ticket_lock_beside, ticket_lock_of_reporter
from backend.workflow.states import OVER, State
from backend.workflow.taking_in import taken_in


def ticket_join(*, actor: Actor, ticket_id: UUID, earlier: Earlier, now: datetime) -> Ticket:
    """Have a ticket that its reporter files in this transaction go on with an earlier one; return it as it is then.

    The ledger says it without a name: whoever may know who reported it reads that on its own ticket.
    """
    ticket = ticket_lock_of_reporter(actor=actor, ticket_id=ticket_id)
    other, is_locked = _other(actor, earlier.ticket_id)
    if other is None or other.id == ticket.id:
        return ticket
    if is_locked and earlier.relation is EarlierRelation.SAME and _is_one_with(ticket, other):
        _merge(actor, ticket, other, now)
    elif _may_be_linked(ticket, other):
        _link(ticket, other, now)
    return ticket


def _other(actor: Actor, ticket_id: UUID) -> tuple[Ticket | None, bool]:
    """Return the earlier ticket if the actor may know of it, and whether it could be locked without waiting."""
    try:
        return ticket_lock_beside(actor=actor, ticket_id=ticket_id), True
    except TicketBusy:
        return ticket_get(actor=actor, ticket_id=ticket_id), False
    except NotFound:
        return None, False


def _is_one_with(ticket: Ticket, other: Ticket) -> bool:
    """Say whether two tickets can be one by the word of a reporter: open, of one kind and place, for the same readers.

    What is confidential never is: that would take the sight of the earlier one from others, or give it to them.
    """
    concerned = concerned_in(tickets=[ticket, other])
    is_alike = _kind_of(ticket) == _kind_of(other) and concerned[ticket.id] == concerned[other.id]
    is_open = {ticket.confidentiality, other.confidentiality} == {Confidentiality.K0} and other.state not in OVER
    return is_alike and is_open and (other.filed_at, other.id) <= (ticket.filed_at, ticket.id)


def _kind_of(ticket: Ticket) -> tuple[UUID, str, UUID | None, bool]:
    return ticket.school_id, ticket.category, ticket.place_id, ticket.is_exercise


def _may_be_linked(ticket: Ticket, other: Ticket) -> bool:
    """Say the same of a link: both are of one school, and both strictly confidential or neither."""
    is_sealed = [one.confidentiality == Confidentiality.K2 for one in (ticket, other)]
    is_alike = ticket.school_id == other.school_id and ticket.is_exercise == other.is_exercise
    return is_alike and is_sealed[0] == is_sealed[1]


def _merge(actor: Actor, ticket: Ticket, target: Ticket, now: datetime) -> None:
    change = TicketChange(ticket=ticket, by=System(), now=now)
    change.keeps(TicketMerge(ticket=ticket, into=target, merged_at=now, state_before=ticket.state))
    change.says(into=str(target.id))
    change.others.append(taken_in(change=change, target=target, by=actor.person_id))
    # It was routed nowhere: the office that reads it there is the one that can say it is another problem.
    before = str(ticket.owner_id)
    if office_give(ticket=ticket, office=target.owner):
        change.says(changes={"office": {"from": before, "to": str(target.owner_id)}})
    ticket.state = State.MERGED
    change.settle(MERGE.event)
    changes_store(changes=change.with_others(), now=now)


def _link(ticket: Ticket, other: Ticket, now: datetime) -> None:
    change = TicketChange(ticket=ticket, by=System(), now=now, moves=False)
    link_make(change=change, ticket=ticket, other=other, kind=LinkKind.FOLLOWS)
    change.settle(LINK.event)
    changes_store(changes=[change], now=now)
