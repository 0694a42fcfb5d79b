"""The record of who opened confidential tickets."""

from datetime import datetime

from backend.organisation.actors import Actor
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.merged import merges_shown
from backend.workflow.models import Ticket, TicketOpening


def ticket_opened(
    *, actor: Actor, ticket: Ticket, now: datetime, is_paper: bool = False, with_merged: bool = False
) -> None:
    """Record that somebody reads a ticket that is or was confidential, or draws it as a paper, once an hour each.

    `with_merged`: what was merged into it is read with it. That has no higher seal, so an open ticket costs nothing.
    """
    if ticket.seal == Confidentiality.K0:
        return
    merged = [merge.ticket for merge in merges_shown(actor=actor, ticket=ticket)] if with_merged else []
    hour = now.replace(minute=0, second=0, microsecond=0)
    openings = [
        TicketOpening(
            ticket=read,
            school_id=read.school_id,
            person_id=actor.person_id,
            hour=hour,
            opened_at=now,
            is_paper=is_paper,
        )
        for read in (ticket, *merged)
        if read.seal != Confidentiality.K0
    ]
    TicketOpening.objects.bulk_create(openings, ignore_conflicts=True)
