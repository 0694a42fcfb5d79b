"""Reads of the state of the outbox and of the processes' signs of life."""

from datetime import datetime, timedelta

from backend.common.models import OutboxMessage, ProcessHeartbeat
from backend.common.outbox import OPEN

FAILING_AFTER = 5


def outbox_lag(*, now: datetime) -> timedelta:
    """Return how long the oldest open message has been due for the relay; zero when none is."""
    oldest = OutboxMessage.objects.filter(OPEN).order_by("next_attempt_at", "id").values_list("next_attempt_at").first()
    return max(now - oldest[0], timedelta()) if oldest else timedelta()


def outbox_failed_count() -> int:
    """Return how many messages were given up."""
    return OutboxMessage.objects.filter(failed_at__isnull=False).count()


def outbox_failing_count() -> int:
    """Return how many open messages have failed at least five times and are still tried."""
    return OutboxMessage.objects.filter(OPEN, attempts__gte=FAILING_AFTER).count()


def heartbeat_age(*, name: str, now: datetime) -> timedelta | None:
    """Return how long ago a process of this name gave a sign of life; None when none ever did."""
    beat = ProcessHeartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()
    return None if beat is None else now - beat
