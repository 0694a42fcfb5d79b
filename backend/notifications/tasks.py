"""Background work of telling people."""

from celery import shared_task

from backend.common.clock import database_now
from backend.common.outbox import outbox_consume, outbox_deliver
from backend.notifications.services import notice_send_email, notices_create


@shared_task(name="notifications.tell")
def tell(message_ids: list[int]) -> None:
    """Store the notices that these outbox rows announce."""
    outbox_consume(
        ids=message_ids,
        handle=lambda message, now: notices_create(message=message, now=now),
        now=database_now(),
    )


@shared_task(name="notifications.send_email")
def send_email(message_ids: list[int]) -> None:
    """Send the mails that these outbox rows announce."""
    outbox_deliver(ids=message_ids, send=lambda message: notice_send_email(message=message), now=database_now())
