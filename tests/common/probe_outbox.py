"""Topics and a consumer for the tests of the outbox."""

import time
from collections.abc import Sequence
from datetime import datetime

from celery import shared_task
from django.db import connection

from backend.common.clock import database_now
from backend.common.models import OutboxMessage, ProcessHeartbeat
from backend.common.outbox import OutboxDraft, outbox_consume

OUTBOX_TASKS = {"probe.consume": "probe.consume", "probe.other": "probe.other"}


def beat_once(messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Leave a row for each that can exist only once; fail where the payload says so."""
    for message in messages:
        ProcessHeartbeat.objects.create(name=message.dedup_key, beat_at=now)
        if message.payload.get("fail"):
            raise ValueError("told to fail \0")


@shared_task(name="probe.consume")
def consume() -> None:
    """Consume in a real worker."""
    outbox_consume(topic="probe.consume", handle=beat_once, now=database_now())


def note_session(messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Leave a row for each that names the session of the database in which it was handled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        session = cursor.fetchone()[0]
    for message in messages:
        ProcessHeartbeat.objects.create(name=f"{message.dedup_key} {session}", beat_at=now)


@shared_task(name="probe.other")
def consume_other() -> None:
    """Consume in a real worker, and note in which session."""
    outbox_consume(topic="probe.other", handle=note_session, now=database_now())


@shared_task(name="probe.hang", time_limit=1)
def hang() -> None:
    """Run much longer than it may."""
    ProcessHeartbeat.objects.create(name="hangs", beat_at=database_now())
    time.sleep(60)


def drafts(*names: str, topic: str = "probe.consume", fail: bool = False) -> list[OutboxDraft]:
    """One draft for each name."""
    return [OutboxDraft(topic, name, {"fail": fail}) for name in names]
