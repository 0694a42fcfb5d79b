"""How the running system is doing, for operators and monitors; no person and no ticket appears here."""

from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from celery.exceptions import OperationalError
from django.conf import settings
from django.utils.module_loading import import_string
from kombu.exceptions import KombuError
from redis import Redis
from redis.exceptions import RedisError

from backend.common.publishing import broker_connection
from backend.common.selectors import heartbeat_age, outbox_failed_count, outbox_failing_count, outbox_lag
from backend.deadlines.selectors import due_count, engine_lag, heartbeats, hold_current, sweep_gaps

LATE = timedelta(seconds=5)
SILENT = timedelta(seconds=15)
WORKER_SECONDS = 0.5
RELAY = "outbox_relay"
AUDITOR = "deadlines_auditor"


def broker_answers() -> bool:
    """Ask the broker, for at most a second."""
    try:
        return bool(Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1).ping())
    except (RedisError, OSError):
        return False


def workers_heard() -> list[str]:
    """Return the names of the workers that answer within half a second."""
    try:
        with broker_connection().clone() as connection:
            answers = current_app.control.ping(timeout=WORKER_SECONDS, connection=connection)
    except (OperationalError, KombuError, RedisError, OSError):
        return []
    return sorted(name for answer in answers or [] for name in answer)


def deliveries_failed(*, now: datetime) -> int:
    """Return how many deliveries failed in the last day, as the app that settings name counts them."""
    count: int = import_string(settings.DELIVERIES_FAILED)(now=now)
    return count


def seconds_since(instant: datetime, now: datetime) -> float:
    """Return how long ago something was; nothing that beat while we looked is in the future."""
    return max((now - instant).total_seconds(), 0.0)


def system_status(*, now: datetime) -> dict[str, Any]:
    """Return lag, signs of life, holds and gaps, and whether any of it needs somebody to look."""
    broker = broker_answers()
    workers = workers_heard() if broker else []
    lag, relay_lag = engine_lag(now=now), outbox_lag(now=now)
    beats = heartbeats()
    engines = {beat.name: seconds_since(beat.beat_at, now) for beat in beats}
    hold = hold_current()
    relay_age = heartbeat_age(name=RELAY, now=now)
    auditor_age = heartbeat_age(name=AUDITOR, now=now)
    alarms = {
        "broker_away": not broker,
        "no_worker": not workers,
        "engine_late": lag > LATE,
        "engine_silent": not any(age < SILENT.total_seconds() for age in engines.values()),
        "auditor_silent": auditor_age is None or auditor_age > SILENT,
        "relay_late": relay_lag > SILENT,
        "relay_silent": relay_age is None or relay_age > SILENT,
        "firing_on_hold": hold is not None,
        "messages_given_up": outbox_failed_count() > 0,
    }
    return {
        "status": "attention" if any(alarms.values()) else "well",
        "alarms": sorted(name for name, raised in alarms.items() if raised),
        "workers": workers,
        "engine": {
            "lag_seconds": lag.total_seconds(),
            "due": due_count(now=now),
            "seconds_since_beat": engines,
            "hold_since": hold.since.isoformat() if hold else None,
            "fired": sum(beat.fired for beat in beats),
            "quarantined": sum(beat.quarantined for beat in beats),
            "gaps": [
                {"from": gap.started_at.isoformat(), "to": gap.ended_at.isoformat()}
                for gap in sweep_gaps(since=now - timedelta(days=7))
            ],
        },
        "relay": {
            "lag_seconds": relay_lag.total_seconds(),
            "seconds_since_beat": None if relay_age is None else max(relay_age.total_seconds(), 0.0),
            "failing": outbox_failing_count(),
        },
        "deliveries_failed_day": deliveries_failed(now=now),
    }
