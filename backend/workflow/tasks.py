"""Background work on tickets."""

from uuid import UUID

from celery import shared_task

from backend.common.clock import database_now
from backend.common.outbox import outbox_consume
from backend.workflow.services import ticket_route


@shared_task(name="workflow.route")
def route(message_ids: list[int]) -> None:
    """Route the tickets that these outbox rows announce."""
    outbox_consume(
        ids=message_ids,
        handle=lambda message, now: ticket_route(ticket_id=UUID(message.payload["ticket"]), now=now),
        now=database_now(),
    )
