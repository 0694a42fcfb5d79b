"""The tickets that belong to rounds: a reader sees the two together only who knows of both."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.organisation.actors import Actor
from backend.rounds.models import Round, RoundTicket
from backend.rounds.selectors.showing import rounds_known
from backend.workflow.models import Ticket
from backend.workflow.selectors import tickets_visible
from backend.workflow.sight import tickets_known


def tickets_of_round(*, actor: Actor, row: Round) -> Sequence[RoundTicket]:
    """Return the tickets that belong to a round and that the reader may know of, the first at the top."""
    links = list(RoundTicket.objects.filter(round=row).order_by("at", "id"))
    tickets = tickets_visible(actor=actor).filter(id__in=[link.ticket_id for link in links]) if links else ()
    known = {ticket.id: ticket for ticket in tickets}
    shown = [link for link in links if link.ticket_id in known]
    for link in shown:
        link.ticket = known[link.ticket_id]
    return shown


def rounds_of_ticket(*, actor: Actor, ticket: Ticket, now: datetime) -> Sequence[RoundTicket]:
    """Return the rounds the reader knows of to which a ticket belongs that they were let in to; one statement."""
    known = rounds_known(actor=actor, now=now).values("id")
    links = RoundTicket.objects.filter(ticket=ticket, round__in=known).select_related("round__unit", "round__school")
    return list(links.select_related("round__assignee").order_by("at", "id"))


def omissions_known(*, actor: Actor, rows: Sequence[Round]) -> set[UUID]:
    """Return those of some rounds behind whose "all well" something lay that the reader may know of."""
    omitted = RoundTicket.objects.filter(round__in=[row.id for row in rows], kind=RoundTicket.Kind.OMISSION)
    links = list(omitted.values_list("round_id", "ticket_id"))
    tickets = tickets_known(actor=actor).filter(id__in=[ticket for _, ticket in links]) if links else ()
    known = {ticket.id for ticket in tickets}
    return {row for row, ticket in links if ticket in known}
