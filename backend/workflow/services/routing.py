"""Routing: received tickets go to the office that answers for them, and its people hear."""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.organisation.actors import SYSTEM
from backend.workflow.actions.route import ROUTE, route
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.handing import handed_over
from backend.workflow.models import Ticket, TicketEvent, TicketGrant
from backend.workflow.offices import offices_load
from backend.workflow.recipients import Audience, called_in
from backend.workflow.recurring import recur, recurrences_find
from backend.workflow.relation_groups import UNSOLVED
from backend.workflow.selectors import tickets_lock
from backend.workflow.states import State

logger = logging.getLogger(__name__)


@transaction.atomic(savepoint=False)
def tickets_route(*, ticket_ids: Sequence[UUID], now: datetime) -> None:
    """Give tickets that nobody has routed yet to the offices their categories name, and tell those offices' people.

    One that was acknowledged meanwhile keeps its state, and its office takes it on, unless people gave it to another
    one meanwhile, which keeps it; one that is over stays as it is.
    What is read and written is read and written once, whatever the number of tickets.
    """
    tickets = _waiting_for_routing(tickets_lock(ticket_ids=ticket_ids))
    if not tickets:
        return
    offices, handed = offices_load(tickets=tickets, now=now), _handed_on(tickets)
    audience = Audience(tickets=tickets, now=now)
    earlier = recurrences_find(tickets=tickets)
    changes = []
    for ticket in tickets:
        change = TicketChange(ticket=ticket, by=SYSTEM, now=now)
        office = offices.units[ticket.owner_id] if ticket.id in handed else offices.answering_for(ticket)
        if office is None:
            logger.error("ticket %s: the school has no office for %s; it stays at intake", ticket.id, ticket.category)
        route(change=change, office=office)
        if ticket.id in earlier:
            recur(change=change, earlier=earlier[ticket.id])
        if led_by := offices.question_leading(ticket):
            change.says(led_by=led_by)
        _tell(change, audience)
        change.settle(ROUTE.event)
        changes.append(change)
    changes_store(changes=changes, now=now)


def _handed_on(tickets: Sequence[Ticket]) -> set[UUID]:
    """Return the tickets that people gave to an office: at intake, or before they were declined and contested."""
    begun = [ticket for ticket in tickets if ticket.part_count]
    return handed_over(tickets=begun) if begun else set()


def _waiting_for_routing(tickets: Sequence[Ticket]) -> list[Ticket]:
    begun = [ticket.id for ticket in tickets if State(ticket.state) in UNSOLVED - ROUTE.sources]
    routed = set(
        TicketEvent.objects.filter(ticket__in=begun, kind=ROUTE.name).values_list("ticket_id", flat=True)
        if begun
        else ()
    )
    return [
        ticket
        for ticket in tickets
        if ticket.state in ROUTE.sources or (State(ticket.state) in UNSOLVED and ticket.id not in routed)
    ]


def _tell(change: TicketChange, audience: Audience) -> None:
    answers = audience.of_new(change.ticket)
    change.ticket.paged = called_in(answers)
    change.tells(person for answer in answers for person in answer.people)
    change.opens_to(answers, TicketGrant.Reason.STANDS_IN)
    if change.grants:
        change.says(opened_to=change.opened_to)
