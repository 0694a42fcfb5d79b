"""Background work on tickets."""

from uuid import UUID

from celery import shared_task

from backend.common.clock import database_now
from backend.common.outbox import outbox_consume
from backend.workflow.services import calendar_changed, recompute_stale, ticket_wait_over, tickets_route


@shared_task(name="workflow.route")
def route(message_ids: list[int]) -> None:
    """Route the tickets that these outbox rows announce."""
    outbox_consume(
        ids=message_ids,
        handle=lambda message, now: tickets_route(ticket_ids=[UUID(message.payload["ticket"])], now=now),
        now=database_now(),
    )


@shared_task(name="workflow.resume")
def resume(message_ids: list[int]) -> None:
    """Let the tickets go on of which these outbox rows say that they have waited long enough."""
    outbox_consume(
        ids=message_ids,
        handle=lambda message, now: ticket_wait_over(payload=message.payload, now=now),
        now=database_now(),
    )


@shared_task(name="workflow.recompute")
def recompute(message_ids: list[int]) -> None:
    """Move deadlines to the calendars that these outbox rows say have changed, a batch for each."""
    outbox_consume(
        ids=message_ids,
        handle=lambda message, now: calendar_changed(payload=message.payload, now=now),
        now=database_now(),
    )


@shared_task(name="workflow.recompute_stale")
def nightly() -> None:
    """Have recomputed what a change of calendar left behind."""
    recompute_stale(now=database_now())
