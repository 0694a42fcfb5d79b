"""Background work of telling people."""

from celery import shared_task

from backend.common.clock import database_now
from backend.common.outbox import outbox_consume, outbox_deliver
from backend.common.publishing import outbox_publish
from backend.notifications.services import code_send, delivery_send, news_create, notice_pass_on, notices_create

DELIVER = "notice.deliver"


@shared_task(name="notifications.tell")
def tell(message_ids: list[int]) -> None:
    """Store the notices that these outbox rows announce, then send them together."""
    out: list[int] = []
    outbox_consume(
        ids=message_ids,
        handle=lambda message, now: out.extend(notices_create(message=message, now=now)),
        now=database_now(),
    )
    outbox_publish(topic=DELIVER, ids=out)


@shared_task(name="notifications.tell_news")
def tell_news(message_ids: list[int]) -> None:
    """Store the news that these outbox rows announce, then send it."""
    out: list[int] = []
    outbox_consume(
        ids=message_ids,
        handle=lambda message, now: out.extend(news_create(message=message, now=now)),
        now=database_now(),
    )
    outbox_publish(topic=DELIVER, ids=out)


@shared_task(name="notifications.pass_on")
def pass_on(message_ids: list[int]) -> None:
    """Tell the next person what these outbox rows say reached nobody."""
    out: list[int] = []
    outbox_consume(
        ids=message_ids,
        handle=lambda message, now: out.extend(notice_pass_on(message=message, now=now)),
        now=database_now(),
    )
    outbox_publish(topic=DELIVER, ids=out)


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
