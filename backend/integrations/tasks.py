"""Background work for other programs."""

from celery import shared_task

from backend.common.clock import database_now
from backend.common.outbox import outbox_consume
from backend.integrations.services.calls import calls_purge
from backend.integrations.services.feeding import events_enter, events_purge
from backend.integrations.services.sending import deliveries_purge, webhooks_send


@shared_task(name="integrations.feed")
def feed() -> None:
    """Give what happened to tickets its place in the order of events."""
    outbox_consume(topic="ticket.changed:events", handle=events_enter)


@shared_task(name="integrations.deliver")
def deliver() -> None:
    """Send the messages to webhooks that are due."""
    webhooks_send(now=database_now())


@shared_task(name="integrations.sweep")
def sweep() -> None:
    """Forget what the record of calls, the feed of events and the log of deliveries no longer keep."""
    now = database_now()
    calls_purge(now=now)
    events_purge(now=now)
    deliveries_purge(now=now)
