"""Routing: the rulebook chooses the office, the organisation the people."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.outbox import outbox_add
from backend.organisation.models import Unit
from backend.organisation.reach import Reached
from backend.organisation.selectors import directory_load
from backend.rulebook.ruleset import Confidentiality, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.models import EventKind, Ticket
from backend.workflow.selectors import ONLY_WHEN_CALLED, concerned_in
from backend.workflow.services.recording import event_chain, events_store, told_draft
from backend.workflow.services.timing import timers_follow_state
from backend.workflow.states import State

logger = logging.getLogger(__name__)


@transaction.atomic(savepoint=False)
def ticket_route(*, ticket_id: UUID, now: datetime) -> None:
    """Give a received ticket to the office its category names and tell its people; any other ticket stays as it is."""
    ticket = Ticket.objects.select_for_update(of=("self",), no_key=True).select_related("school").get(id=ticket_id)
    if ticket.state != State.RECEIVED:
        return
    office = _office_for(ticket)
    if office is None:
        logger.error("ticket %s: the school has no office for %s; it stays at intake", ticket.id, ticket.category)
    else:
        ticket.owner = office
    answers = _whom_to_tell(ticket, now)
    people = {person for answer in answers for person in answer.people}
    ticket.paged = [person for answer in answers if answer.role in ONLY_WHEN_CALLED for person in answer.people]
    ticket.state = State.ROUTED
    ticket.version += 1
    body = {"office": str(ticket.owner_id), "found": office is not None}
    routed = event_chain(ticket=ticket, kind=EventKind.ROUTED, at=now, actor_id=None, body=body)
    ticket.save(update_fields=["owner", "state", "version", "paged", "event_count", "event_hash"])
    events_store([routed])
    timers_follow_state(ticket=ticket, before=State.RECEIVED, now=now)
    outbox_add(drafts=[told_draft(event=routed.event, people=people)], now=now)


def _office_for(ticket: Ticket) -> Unit | None:
    if ticket.confidentiality == Confidentiality.K2:
        return ticket.school.protection_unit
    lead = ruleset_get(ticket.rulebook_id).categories[ticket.category].lead
    return Unit.objects.filter(school=ticket.school_id, code=lead).first()


def _whom_to_tell(ticket: Ticket, now: datetime) -> list[Reached]:
    directory = directory_load(school_ids=[ticket.school_id], now=now)
    excluded = concerned_in(ticket_ids=[ticket.id])[ticket.id]
    roles = ruleset_get(ticket.rulebook_id).informed_of(
        Severity(ticket.severity), Confidentiality(ticket.confidentiality)
    )
    return [
        directory.reach(role=role, school_id=ticket.school_id, unit_id=ticket.owner_id, excluding=excluded)
        for role in roles
    ]
