"""Background work on tickets."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from celery import shared_task

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.common.outbox import outbox_consume
from backend.workflow.services import calendar_changed, files_attach, recompute_stale, ticket_wait_over, tickets_route


@shared_task(name="workflow.route")
def route() -> None:
    """Route the tickets that have been opened, or have to be routed anew."""
    outbox_consume(topic="ticket.opened", handle=_route)


@shared_task(name="workflow.resume")
def resume() -> None:
    """Let the tickets go on that have waited long enough."""
    outbox_consume(topic="ticket.wait_over", handle=_resume)


@shared_task(name="workflow.recompute")
def recompute() -> None:
    """Move deadlines to the calendars that have changed, a batch for each."""
    outbox_consume(topic="calendar.changed", handle=_recompute)


@shared_task(name="workflow.attach")
def attach() -> None:
    """Put the files that are ready with their tickets."""
    outbox_consume(topic="file.ready:ticket", handle=files_attach)


@shared_task(name="workflow.recompute_stale")
def nightly() -> None:
    """Have recomputed what a change of calendar left behind."""
    recompute_stale(now=database_now())


def _route(messages: Sequence[OutboxMessage], now: datetime) -> None:
    tickets_route(ticket_ids=[UUID(message.payload["ticket"]) for message in messages], now=now)


def _resume(messages: Sequence[OutboxMessage], now: datetime) -> None:
    for message in messages:
        ticket_wait_over(payload=message.payload, now=now)


def _recompute(messages: Sequence[OutboxMessage], now: datetime) -> None:
    for message in messages:
        calendar_changed(payload=message.payload, now=now)
