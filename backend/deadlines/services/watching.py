"""The engine's records about itself: signs of life, gaps in the sweeping, and holds on firing."""

import logging
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from backend.deadlines.clocks import ClockReading
from backend.deadlines.models import EngineHeartbeat, FiringHold, HoldReason

logger = logging.getLogger(__name__)

GAP_SECONDS = 30

RECORD_GAP = """
INSERT INTO deadlines_sweepgap (started_at, ended_at, noted_by)
SELECT max(beat_at), %(now)s, %(name)s FROM deadlines_engineheartbeat
HAVING max(beat_at) < %(now)s - make_interval(secs => %(seconds)s)
ON CONFLICT (started_at) DO NOTHING
RETURNING started_at
"""


def sweep_gap_record(*, name: str, now: datetime) -> datetime | None:
    """Record a gap if no process swept for over 30 s before now; return when it began, None if there is none to add."""
    with connection.cursor() as cursor:
        cursor.execute(RECORD_GAP, {"now": now, "name": name, "seconds": GAP_SECONDS})
        row = cursor.fetchone()
    if row is None:
        return None
    started_at: datetime = row[0]
    logger.error("ALARM: nothing swept the deadlines from %s to %s.", started_at, now)
    return started_at


def heartbeat_record(
    *, name: str, reading: ClockReading, boot_id: str, fired: int, skipped: int, quarantined: int
) -> None:
    """Record that this process swept at this instant, and add what it did since its last sign of life."""
    beats = EngineHeartbeat.objects.filter(name=name)
    updated = beats.update(
        beat_at=reading.now,
        boot_id=boot_id,
        boot_seconds=reading.before,
        fired=F("fired") + fired,
        skipped=F("skipped") + skipped,
        quarantined=F("quarantined") + quarantined,
    )
    if updated:
        return
    first = EngineHeartbeat(
        name=name,
        started_at=reading.now,
        beat_at=reading.now,
        boot_id=boot_id,
        boot_seconds=reading.before,
        fired=fired,
        skipped=skipped,
        quarantined=quarantined,
    )
    EngineHeartbeat.objects.bulk_create([first], ignore_conflicts=True)


def firing_hold_open(*, jump: timedelta, seen_by: str, now: datetime) -> None:
    """Hold all firing because the clock jumped; a hold that is already open stays as it is."""
    hold = FiringHold(reason=HoldReason.CLOCK_JUMP, since=now, jump=jump, seen_by=seen_by)
    FiringHold.objects.bulk_create([hold], ignore_conflicts=True)
    logger.error("ALARM: the database's clock jumped by %s; nothing escalates until it has been steady.", jump)


def firing_hold_release(*, released_by: str, now: datetime) -> int:
    """Let timers fire again; return how many holds were open."""
    released = FiringHold.objects.filter(released_at__isnull=True).update(released_at=now, released_by=released_by)
    if released:
        logger.warning("Deadlines fire again; the hold was released by %s.", released_by)
    return released
