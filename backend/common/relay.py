"""Publishing again what is still open after its lease, so that a lost broker costs seconds and no message."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction

from backend.common.faults import fault_point
from backend.common.models import OutboxMessage
from backend.common.outbox import FIRST_LEASE, OPEN
from backend.common.publishing import BROKER_CIRCUIT, outbox_publish

BATCH = 500
LONGEST_LEASE = timedelta(minutes=5)
FAILED_PUBLISH_PAUSE = timedelta(seconds=2)


def outbox_relay(*, now: datetime) -> int:
    """Publish up to 500 open messages that are due, one Celery message per topic; return how many were due.

    The next lease is as long as the message is old, from 5 s to 5 minutes, so that a backlog is not multiplied; where
    publishing failed it is short again. While the broker is known to be away nothing is touched.
    """
    if BROKER_CIRCUIT.is_open:
        return 0
    ids_of_topic = _lease(now)
    if ids_of_topic:
        fault_point("relay.leased")
    for topic, ids in ids_of_topic.items():
        if not outbox_publish(topic=topic, ids=ids):
            OutboxMessage.objects.filter(OPEN, pk__in=ids).update(next_attempt_at=now + FAILED_PUBLISH_PAUSE)
    return sum(len(ids) for ids in ids_of_topic.values())


def _lease(now: datetime) -> dict[str, list[int]]:
    ids_of_topic: dict[str, list[int]] = defaultdict(list)
    with transaction.atomic():
        due = OutboxMessage.objects.select_for_update(skip_locked=True).filter(OPEN, next_attempt_at__lte=now)
        rows = list(due.order_by("next_attempt_at", "id").only("id", "topic", "created_at")[:BATCH])
        for row in rows:
            row.next_attempt_at = now + min(max(now - row.created_at, FIRST_LEASE), LONGEST_LEASE)
            ids_of_topic[row.topic].append(row.pk)
        OutboxMessage.objects.bulk_update(rows, ["next_attempt_at"])
    return ids_of_topic
