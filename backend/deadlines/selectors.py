"""Reads of the deadline engine: lag, signs of life, holds, gaps, rows that break an invariant."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max, QuerySet

from backend.common.sql.statements import RowQuery
from backend.deadlines.clocks import ClockReading
from backend.deadlines.models import EngineHeartbeat, Escalation, FiringHold, SweepGap, Timer

OPEN_TIMERS = RowQuery(
    """
    FROM deadlines_timer AS timer
    WHERE timer.subject_kind = %s AND timer.subject_id = %s AND timer.target = %s AND timer.stopped_at IS NULL
    ORDER BY timer.due_at, timer.id
    """,
    timer=Timer,
)
TIMERS_AND_ESCALATIONS = RowQuery(
    """
    FROM deadlines_timer AS timer LEFT JOIN LATERAL (
        SELECT fired.timer_id, fired.rung, fired.due_at, fired.fired_at FROM deadlines_escalation AS fired
        WHERE fired.timer_id = timer.id ORDER BY fired.rung DESC LIMIT %s
    ) AS escalation ON true
    WHERE timer.subject_kind = %s AND timer.subject_id = %s
      AND (timer.stopped_at IS NULL OR escalation.timer_id IS NOT NULL)
    ORDER BY timer.due_at, timer.id
    """,
    timer=Timer,
    escalation=Escalation,
)
GAP = timedelta(seconds=30)
MOST_COUNTED = 10_000


def engine_lag(*, now: datetime) -> timedelta:
    """Return how long the oldest due timer has been waiting, zero if none is due; reads one index entry."""
    oldest = (
        Timer.objects.filter(armed=True).order_by("next_try_at", "id").values_list("next_try_at", flat=True).first()
    )
    return max(timedelta(0), now - oldest) if oldest else timedelta(0)


def due_count(*, now: datetime) -> int:
    """Return how many timers are due and have not fired, at most 10,000; reads as many index entries."""
    return Timer.objects.filter(armed=True, next_try_at__lte=now).order_by("next_try_at", "id")[:MOST_COUNTED].count()


def next_due_after(*, now: datetime) -> datetime | None:
    """Return the first time after now at which a timer is to be tried; reads one index entry."""
    later = Timer.objects.filter(armed=True, next_try_at__gt=now).order_by("next_try_at", "id")
    return later.values_list("next_try_at", flat=True).first()


def timers_of(
    *, subject_kind: str, subject_ids: Collection[UUID], target: str | None = None, open_only: bool = True
) -> QuerySet[Timer]:
    """Return the timers of these subjects, the soonest due first; only those neither stopped nor ended, if asked.

    With a target only its own, else also those of every part of the subjects.
    """
    timers = Timer.objects.filter(subject_kind=subject_kind, subject_id__in=subject_ids)
    if target is not None:
        timers = timers.filter(target=target)
    if open_only:
        timers = timers.filter(stopped_at__isnull=True)
    return timers.order_by("due_at", "id")


def open_timers_of(*, subject_kind: str, subject_id: UUID, target: str) -> list[Timer]:
    """Return one subject's timers of one target that are neither stopped nor ended, the soonest due first."""
    rows: list[Timer] = [row["timer"] for row in OPEN_TIMERS.rows([subject_kind, subject_id, target])]
    return rows


def timers_and_escalations(
    *, subject_kind: str, subject_id: UUID, target: str, most: int
) -> tuple[list[Timer], list[Escalation]]:
    """Return one subject's open timers of one target, the soonest due first, and what fired last for all of it.

    What fired comes with its timers, in the order it was due.
    """
    timers: dict[int, Timer] = {}
    fired: list[Escalation] = []
    for row in TIMERS_AND_ESCALATIONS.rows([most, subject_kind, subject_id]):
        timer = timers.setdefault(row["timer"].id, row["timer"])
        if row["escalation"]:
            row["escalation"].timer = timer
            fired.append(row["escalation"])
    is_open = [timer for timer in timers.values() if timer.stopped_at is None and timer.target == target]
    return is_open, sorted(fired, key=lambda one: (one.due_at, one.timer_id, one.rung))[-most:]


def escalations_of(*, subject_kind: str, subject_id: UUID) -> QuerySet[Escalation]:
    """Return what fired for one subject, with its timers, in the order it was due."""
    fired = Escalation.objects.filter(timer__subject_kind=subject_kind, timer__subject_id=subject_id)
    return fired.select_related("timer").order_by("due_at", "timer_id", "rung")


def heartbeats() -> list[EngineHeartbeat]:
    """Return the last sign of life of every process that ever swept, by name."""
    return list(EngineHeartbeat.objects.order_by("name"))


def clock_reference(*, boot_id: str) -> ClockReading | None:
    """Return the newest clock reading that any process recorded since this boot of this host."""
    if not boot_id:
        return None
    beat = EngineHeartbeat.objects.filter(boot_id=boot_id).order_by("-boot_seconds").first()
    return ClockReading(now=beat.beat_at, before=beat.boot_seconds, after=beat.boot_seconds) if beat else None


def hold_current() -> FiringHold | None:
    """Return the open hold on firing, if there is one."""
    return FiringHold.objects.filter(released_at__isnull=True).order_by("id").first()


def sweep_gap_open(*, now: datetime) -> timedelta | None:
    """Return for how long nothing has swept, if that is over 30 s; None also before the first sweep ever."""
    last = EngineHeartbeat.objects.aggregate(last=Max("beat_at"))["last"]
    return now - last if last and now - last > GAP else None


def sweep_gaps(*, since: datetime) -> list[SweepGap]:
    """Return the recorded gaps that ended after this instant, the latest first, at most 100."""
    return list(SweepGap.objects.filter(ended_at__gt=since).order_by("-ended_at")[:100])


def invariant_breaks(*, query: str, now: datetime, kinds: Collection[str], limit: int) -> list[dict[str, Any]]:
    """Return up to `limit` rows that an invariant's query finds; none means that it holds."""
    with connection.cursor() as cursor:
        cursor.execute(query, {"now": now, "kinds": list(kinds)})
        columns = [column.name for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchmany(limit)]
