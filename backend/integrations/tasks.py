"""Background work for other programs."""

from celery import shared_task

from backend.common.clock import database_now
from backend.common.outbox import outbox_consume
from backend.integrations.services.calls import calls_purge
from backend.integrations.services.feeding import events_enter, events_purge


@shared_task(name="integrations.feed")
def feed() -> None:
    """Give what happened to tickets its place in the order of events."""
    outbox_consume(topic="ticket.changed:events", handle=events_enter)


@shared_task(name="integrations.sweep")
def sweep() -> None:
    """Forget what the record of calls and the feed of events no longer keep."""
    now = database_now()
    calls_purge(now=now)
    events_purge(now=now)
