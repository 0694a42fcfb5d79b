"""Background work of reports to somebody outside."""

from celery import shared_task

from backend.common.outbox import outbox_consume
from backend.outside.news import STARTED
from backend.outside.services.telling import duties_ask


@shared_task(name="outside.ask")
def ask() -> None:
    """Have whoever answers for reports that started hear of them."""
    outbox_consume(topic=STARTED, handle=duties_ask)
