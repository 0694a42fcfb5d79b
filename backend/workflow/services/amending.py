"""The reporter adds to a report nobody has acknowledged yet."""

from datetime import datetime

from django.db import transaction

from backend.common.outbox import outbox_add
from backend.organisation.actors import Actor
from backend.workflow.errors import ActionNotAllowed, AmendingTooLate
from backend.workflow.models import EventKind, Ticket
from backend.workflow.services.recipients import people_amended
from backend.workflow.services.recording import event_chain, events_store, told_draft
from backend.workflow.states import UNSEEN, State


@transaction.atomic(savepoint=False)
def ticket_amend(*, actor: Actor, ticket: Ticket, text: str, now: datetime) -> Ticket:
    """Record what the reporter adds to a locked ticket and tell its office; once acknowledged, a comment is the way."""
    if ticket.reporter_id != actor.person_id:
        raise ActionNotAllowed
    if State(ticket.state) not in UNSEEN:
        raise AmendingTooLate
    recorded = event_chain(ticket=ticket, kind=EventKind.AMENDED, at=now, actor_id=actor.person_id, body={"note": text})
    ticket.updated_at = now
    ticket.save(update_fields=["updated_at", "event_count", "event_hash"])
    events_store([recorded])
    people = people_amended(ticket=ticket, now=now)
    if people:
        outbox_add(drafts=[told_draft(event=recorded.event, people=people)], now=now)
    return ticket
