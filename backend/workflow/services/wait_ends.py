"""Waits that took too long: the ticket goes on by itself."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime

from backend.organisation.actors import SYSTEM
from backend.workflow.actions.resume import RESUME
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.recipients import Audience
from backend.workflow.selectors import tickets_lock
from backend.workflow.states import State
from backend.workflow.waiting import wait_end


@transaction.atomic(savepoint=False)
def ticket_wait_over(*, payload: Mapping[str, str], now: datetime) -> None:
    """Let a ticket go on as of the end of its longest wait, and tell its head and assignee; whatever the delay.

    If it does not wait any more, or waits anew, nothing is done.
    """
    (ticket,) = tickets_lock(ticket_ids=[UUID(payload["ticket"])])
    wait = ticket.wait
    if wait is None or wait.since != parse_datetime(payload["since"]):
        return
    change = TicketChange(ticket=ticket, by=SYSTEM, now=now)
    wait_end(change=change, ended_at=wait.until)
    ticket.state = State.IN_PROGRESS
    change.settle(RESUME.event)
    change.tells(Audience(tickets=[ticket], now=now).of_action(ticket, RESUME.told, None))
    changes_store(changes=[change], now=now)
