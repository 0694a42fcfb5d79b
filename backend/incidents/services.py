"""Filing a report."""

from datetime import datetime, timedelta

from django.db import transaction

from backend.incidents.models import Report
from backend.organisation.actors import Actor
from backend.workflow.errors import InTheFuture, TooLongAgo
from backend.workflow.services import TicketDraft, ticket_open

CLOCK_TOLERANCE = timedelta(minutes=5)
"""A phone's clock may run ahead of the server's by this much."""
OLDEST = timedelta(days=3653)


@transaction.atomic(savepoint=False)
def report_file(*, actor: Actor, draft: TicketDraft, now: datetime) -> Report:
    """Store what was filed and open its ticket, both or neither; routing, broker and calendar are not needed for it."""
    if draft.occurred_at > now + CLOCK_TOLERANCE:
        raise InTheFuture(pointer="/occurred_at")
    if draft.occurred_at < now - OLDEST:
        raise TooLongAgo(pointer="/occurred_at")
    ticket = ticket_open(actor=actor, draft=draft, now=now)
    return Report.objects.create(
        ticket=ticket,
        reporter_id=actor.person_id,
        category=draft.category,
        place=ticket.place,
        occurred_at=draft.occurred_at,
        description=draft.description,
        filed_at=now,
    )
