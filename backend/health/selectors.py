"""The state of the running system, for operators and monitors; no person and no ticket appears here."""

from dataclasses import dataclass
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
from backend.health.models import Backup
from backend.notary.selectors import begun_last, notary_state, verification_held, verifications_broken

LATE = timedelta(seconds=5)
SILENT = timedelta(seconds=15)
WORKER_SECONDS = 0.5
UNSIGNED = timedelta(minutes=5)
UNVERIFIED = timedelta(hours=36)
RELAY = "outbox_relay"
AUDITOR = "deadlines_auditor"


@dataclass(frozen=True)
class BackupState:
    """The instant of the newest backup, and of the newest rehearsal in which everything came back."""

    made_at: datetime | None
    rehearsed_at: datetime | None


def backup_state() -> BackupState:
    """Return how fresh the backups are; None where there is none."""
    made = Backup.objects.exclude(made_at=None).order_by("-made_at").first()
    good = Backup.objects.exclude(rehearsed_at=None).filter(finding="").order_by("-rehearsed_at").first()
    return BackupState(made.made_at if made else None, good.rehearsed_at if good else None)


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
    engine, engine_alarms = _engine_status(now)
    relay, relay_alarms = _relay_status(now)
    ledger, ledger_alarms = _ledger_status(now)
    alarms = {"broker_away": not broker, "no_worker": not workers, **engine_alarms, **relay_alarms, **ledger_alarms}
    return {
        "status": "attention" if any(alarms.values()) else "well",
        "alarms": sorted(name for name, raised in alarms.items() if raised),
        "workers": workers,
        "engine": engine,
        "relay": relay,
        "ledger": ledger,
        "deliveries_failed_day": deliveries_failed(now=now),
    }


def _engine_status(now: datetime) -> tuple[dict[str, Any], dict[str, bool]]:
    lag, hold, beats = engine_lag(now=now), hold_current(), heartbeats()
    engines = {beat.name: seconds_since(beat.beat_at, now) for beat in beats}
    said = {
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
    }
    alarms = {
        "engine_late": lag > LATE,
        "engine_silent": not any(age < SILENT.total_seconds() for age in engines.values()),
        "auditor_silent": _is_silent(heartbeat_age(name=AUDITOR, now=now)),
        "firing_on_hold": hold is not None,
    }
    return said, alarms


def _relay_status(now: datetime) -> tuple[dict[str, Any], dict[str, bool]]:
    lag, age = outbox_lag(now=now), heartbeat_age(name=RELAY, now=now)
    said = {
        "lag_seconds": lag.total_seconds(),
        "seconds_since_beat": None if age is None else max(age.total_seconds(), 0.0),
        "failing": outbox_failing_count(),
    }
    alarms = {
        "relay_late": lag > SILENT,
        "relay_silent": _is_silent(age),
        "messages_given_up": outbox_failed_count() > 0,
    }
    return said, alarms


def _ledger_status(now: datetime) -> tuple[dict[str, Any], dict[str, bool]]:
    state, held, full, begun = notary_state(), verification_held(), verification_held(is_full=True), begun_last()
    broken = verifications_broken()
    said = {
        "leaves": state.size,
        "checkpoint_at": state.signed_at.isoformat() if state.signed_at else None,
        "seconds_since_look": seconds_since(state.looked_at, now) if state.looked_at else None,
        "verified_at": held.ended_at.isoformat() if held else None,
        "verified_in_full_at": full.ended_at.isoformat() if full else None,
        "breaks": len(broken),
    }
    alarms = {
        "ledger_unsigned": state.looked_at is None or now - state.looked_at > UNSIGNED,
        "ledger_unverified": begun is not None and now - begun > UNVERIFIED,
        "ledger_broken": bool(broken),
    }
    return said, alarms


def _is_silent(age: timedelta | None) -> bool:
    return age is None or age > SILENT
