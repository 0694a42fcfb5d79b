"""Topics and a consumer for the tests of the outbox."""

from datetime import datetime

from celery import shared_task

from backend.common.clock import database_now
from backend.common.models import OutboxMessage, ProcessHeartbeat
from backend.common.outbox import OutboxDraft, outbox_consume

OUTBOX_TASKS = {"probe.consume": "probe.consume", "probe.other": "probe.other"}


def beat_once(message: OutboxMessage, now: datetime) -> None:
    """Leave a row that can exist only once; fail where the payload says so."""
    ProcessHeartbeat.objects.create(name=message.dedup_key, beat_at=now)
    if message.payload.get("fail"):
        raise ValueError("told to fail \0")


@shared_task(name="probe.consume")
def consume(ids: list[int]) -> None:
    """Consume in a real worker."""
    outbox_consume(ids=ids, handle=beat_once, now=database_now())


def drafts(*names: str, topic: str = "probe.consume", fail: bool = False) -> list[OutboxDraft]:
    """One draft for each name."""
    return [OutboxDraft(topic, name, {"fail": fail}) for name in names]
