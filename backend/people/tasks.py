"""Background work of bringing people from portals."""

from uuid import UUID

from celery import shared_task

from backend.common.clock import database_now
from backend.common.outbox import outbox_deliver
from backend.people.services.syncing import TOPIC, rosters_forget, sync_carry_out


@shared_task(name="people.sync")
def sync() -> None:
    """Take in the rosters that were confirmed."""
    outbox_deliver(
        topic=TOPIC,
        send=lambda message: sync_carry_out(sync_id=UUID(message.payload["sync"]), now=database_now()),
        now=database_now(),
    )


@shared_task(name="people.forget")
def forget() -> None:
    """Forget rosters that nobody took in."""
    rosters_forget(now=database_now())
