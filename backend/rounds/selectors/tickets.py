"""The tickets that belong to rounds: a reader sees the two together only who knows of both.

Who found something is who reported it, and few are asked in a round: a finding is shown with its round to those alone
to whom the ticket opens its reporter's name.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.organisation.actors import Actor
from backend.rounds.models import Round, RoundTicket
from backend.rounds.selectors.showing import round_get, rounds_known
from backend.workflow.asked import parts_read
from backend.workflow.models import Ticket
from backend.workflow.policy import Part, opened_to
from backend.workflow.selectors import tickets_with_names
from backend.workflow.sight import tickets_known

FINDING = RoundTicket.Kind.FINDING


def tickets_of_round(*, actor: Actor, row: Round) -> Sequence[RoundTicket]:
    """Return the tickets that belong to a round and that the reader may know of, the first at the top."""
    links = list(RoundTicket.objects.filter(round=row).order_by("at", "id"))
    if not links:
        return []
    known = tickets_known(actor=actor).filter(id__in=[link.ticket_id for link in links])
    tickets = list(tickets_with_names(actor=actor, tickets=known))
    parts_read(tickets)
    shown = {ticket.id: ticket for ticket in tickets}
    found = [link for link in links if link.ticket_id in shown]
    for link in found:
        link.ticket = shown[link.ticket_id]
    return [link for link in found if link.kind != FINDING or tells_reporter(actor, link.ticket)]


def round_still_shown(*, actor: Actor, body: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return a stored answer about a round with those of its tickets that the reader may know of now, or NotFound."""
    row = round_get(actor=actor, round_id=UUID(body["id"]), now=now)
    known = {str(link.ticket_id) for link in tickets_of_round(actor=actor, row=row)}
    return {**body, "tickets": [one for one in body["tickets"] if one["ticket"] in known]}


def rounds_of_ticket(*, actor: Actor, ticket: Ticket, now: datetime) -> Sequence[RoundTicket]:
    """Return the rounds the reader knows of to which a ticket belongs that they were let in to; one statement."""
    known = rounds_known(actor=actor, now=now).values("id")
    links = RoundTicket.objects.filter(ticket=ticket, round__in=known).select_related("round__unit", "round__school")
    if not tells_reporter(actor, ticket):
        links = links.exclude(kind=FINDING)
    return list(
        links.select_related("round__assignee", "round__sweep", "round__inspected__inspection").order_by("at", "id")
    )


def omissions_known(*, actor: Actor, rows: Sequence[Round]) -> set[UUID]:
    """Return those of some rounds behind whose "all well" something lay that the reader may know of."""
    omitted = RoundTicket.objects.filter(round__in=[row.id for row in rows], kind=RoundTicket.Kind.OMISSION)
    links = list(omitted.values_list("round_id", "ticket_id"))
    tickets = tickets_known(actor=actor).filter(id__in=[ticket for _, ticket in links]) if links else ()
    known = {ticket.id for ticket in tickets}
    return {row for row, ticket in links if ticket in known}


def tells_reporter(actor: Actor, ticket: Ticket) -> bool:
    """Say whether a ticket opens its reporter's name to somebody."""
    return Part.REPORTER in opened_to(actor=actor, ticket=ticket)
