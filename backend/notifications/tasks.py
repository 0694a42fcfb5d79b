"""Background work of telling people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from celery import shared_task

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.common.outbox import outbox_consume, outbox_deliver
from backend.common.publishing import outbox_publish
from backend.notifications.services import code_send, delivery_send, news_create, notice_pass_on, notices_create

DELIVER = "notice.deliver"


class Create(Protocol):
    """A service that stores what a message asks to be sent and returns the ids of the outbox rows that send it."""

    def __call__(self, *, message: OutboxMessage, now: datetime) -> Sequence[int]:
        """Store it; once for each message."""
        ...


@shared_task(name="notifications.tell")
def tell(message_ids: list[int]) -> None:
    """Store the notices that these outbox rows announce, then send them together."""
    _store_and_send(message_ids, notices_create)


@shared_task(name="notifications.tell_news")
def tell_news(message_ids: list[int]) -> None:
    """Store the news that these outbox rows announce, then send it."""
    _store_and_send(message_ids, news_create)


@shared_task(name="notifications.pass_on")
def pass_on(message_ids: list[int]) -> None:
    """Tell the next person what these outbox rows say reached nobody."""
    _store_and_send(message_ids, notice_pass_on)


@shared_task(name="notifications.deliver")
def deliver(message_ids: list[int]) -> None:
    """Send the messages that these outbox rows announce."""
    outbox_deliver(
        ids=message_ids,
        send=lambda message: delivery_send(message=message, now=database_now()),
        now=database_now(),
    )


@shared_task(name="notifications.send_code")
def send_code(message_ids: list[int]) -> None:
    """Send the codes that these outbox rows announce."""
    outbox_deliver(
        ids=message_ids, send=lambda message: code_send(message=message, now=database_now()), now=database_now()
    )


def _store_and_send(message_ids: list[int], create: Create) -> None:
    """Let each row store what is to be sent, and publish all of it at once."""
    out: list[int] = []
    outbox_consume(
        ids=message_ids,
        handle=lambda message, now: out.extend(create(message=message, now=now)),
        now=database_now(),
    )
    outbox_publish(topic=DELIVER, ids=out)
