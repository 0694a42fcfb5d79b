"""Tickets of former years: filed, worked on and closed by the services, at instants of the test's choosing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.incidents.services import Caller, report_file
from backend.workflow.models import Ticket
from backend.workflow.services import tickets_route
from backend.workflow.services.opening import TicketDraft
from tests.workflow.steps import DAY, OPEN, STRICT, act_at
from tests.world import World


def ticket_of(world: World, at: datetime, words: str, *, category: str = OPEN, **further: Any) -> UUID:
    """File a report with these words at an instant, and close it a day later; of class K2 the case team does."""
    draft = TicketDraft(category=category, description=words, occurred_at=at, place_id=None, **further)
    caller = Caller(name=f"{words} caller", contact=f"{words} telephone")
    with transaction.atomic():
        ticket_id = report_file(actor=world.alice.actor, draft=draft, now=at, caller=caller).ticket_id
    tickets_route(ticket_ids=[ticket_id], now=at)
    worker, checker = (world.erin, world.dan) if category == STRICT else (world.bob, world.members["cleo"])
    for member, action in ((worker, "acknowledge"), (worker, "start"), (worker, "resolve"), (checker, "verify")):
        if action == "start" and category == OPEN:
            act_at(worker, ticket_id, "record-interim-control", at, note=f"{words} control")
        act_at(member, ticket_id, action, at + DAY, note=f"{words} {action}")
    assert Ticket.objects.get(id=ticket_id).state == "closed"
    return ticket_id
