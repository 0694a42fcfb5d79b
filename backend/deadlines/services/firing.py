"""The sweep: claim due timers, lock their subjects, record and carry out every missed rung, in one transaction."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from backend.common.faults import fault_point
from backend.deadlines.handlers import Firing, subject_handler, subject_kinds
from backend.deadlines.ladders import rung_due, rungs_missed
from backend.deadlines.models import Timer

logger = logging.getLogger(__name__)

BATCH_TIMERS = 500
BATCH_FIRINGS = 2000
SUBJECT_FIRINGS = 50
DRAIN_BATCHES = 100
FIRST_RETRY = timedelta(seconds=5)
SLOWEST_RETRY = timedelta(minutes=5)

Cursor = tuple[datetime, int]
HEAD: Cursor = (datetime.min.replace(tzinfo=UTC), 0)

# The plan is pinned to the ordered partial index, whatever the statistics say. A sweep waits for nobody's lock, and a
# process that is stopped in the middle gives its locks back.
PIN = """
SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off;
SET LOCAL lock_timeout = '1s'; SET LOCAL idle_in_transaction_session_timeout = '30s'
"""
UNPIN = """
SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL enable_bitmapscan TO DEFAULT; SET LOCAL enable_sort TO DEFAULT
"""
# The predicate and the lock are on the timer row itself, so a row that another transaction stopped meanwhile is
# checked again and left out.
CLAIM = """
WITH claimed AS MATERIALIZED (
    SELECT timer.*
    FROM deadlines_timer AS timer
    WHERE timer.armed
      AND timer.next_try_at <= %(now)s
      AND (timer.next_try_at, timer.id) > (%(after_at)s, %(after_id)s)
      AND timer.subject_kind = ANY(%(kinds)s)
      AND NOT EXISTS (SELECT FROM deadlines_firinghold AS hold WHERE hold.released_at IS NULL)
    ORDER BY timer.next_try_at, timer.id
    LIMIT %(limit)s
    FOR NO KEY UPDATE OF timer SKIP LOCKED
)
SELECT * FROM claimed
"""
ADVANCE = """
WITH plan AS MATERIALIZED (
    SELECT * FROM unnest(%(timers)s::bigint[], %(rungs)s::integer[], %(next_rungs)s::integer[],
                         %(next_dues)s::timestamptz[]) AS plan(timer_id, rung, next_rung, next_due)
), advanced AS (
    UPDATE deadlines_timer AS timer
    SET rung = plan.next_rung, failures = 0,
        due_at = coalesce(plan.next_due, timer.due_at), next_try_at = coalesce(plan.next_due, timer.next_try_at),
        armed = plan.next_due IS NOT NULL,
        stopped_at = CASE WHEN plan.next_due IS NULL THEN %(now)s::timestamptz END,
        stop_reason = CASE WHEN plan.next_due IS NULL THEN 'ladder_ended' ELSE '' END
    FROM plan
    WHERE timer.id = plan.timer_id AND timer.armed AND timer.rung = plan.rung
    RETURNING timer.id
)
INSERT INTO deadlines_escalation (timer_id, rung, due_at, fired_at)
SELECT missed.timer_id, missed.rung, missed.due_at, %(now)s
FROM unnest(%(fired_timers)s::bigint[], %(fired_rungs)s::integer[], %(fired_dues)s::timestamptz[])
     AS missed(timer_id, rung, due_at)
JOIN advanced ON advanced.id = missed.timer_id
RETURNING timer_id, rung
"""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The result of a batch in timers (claimed, skipped, quarantined) and rungs (fired); the next is behind `last`."""

    claimed: int
    fired: int
    skipped: int
    quarantined: int
    last: Cursor

    @property
    def is_full(self) -> bool:
        """Whether more timers may be due behind this batch."""
        return self.claimed >= BATCH_TIMERS


@dataclass(frozen=True, slots=True)
class FireSummary:
    """The result of a drain, added up over its batches."""

    batches: int
    claimed: int
    fired: int
    skipped: int
    quarantined: int


@dataclass(slots=True)
class _Outcome:
    """Counts of a batch in the making."""

    fired: int = 0
    skipped: int = 0
    quarantined: int = 0


def fire_due(*, now: datetime) -> FireSummary:
    """Fire every timer due by `now`, batch after batch, at most 100 batches; fire nothing while a hold is open."""
    results: list[BatchResult] = []
    after = HEAD
    while len(results) < DRAIN_BATCHES:
        results.append(fire_batch(now=now, after=after))
        after = results[-1].last
        if not results[-1].is_full:
            break
    return FireSummary(
        batches=len(results),
        claimed=sum(result.claimed for result in results),
        fired=sum(result.fired for result in results),
        skipped=sum(result.skipped for result in results),
        quarantined=sum(result.quarantined for result in results),
    )


def fire_batch(*, now: datetime, after: Cursor = HEAD) -> BatchResult:
    """Fire up to 500 due timers behind the cursor in one transaction; when a subject fails, the others still fire."""
    try:
        with transaction.atomic(durable=True):
            return _sweep(now=now, after=after, careful=False)
    except Exception:
        if not connection.is_usable():
            raise
        logger.exception("A batch of deadlines failed and was rolled back; trying its subjects apart.")
    with transaction.atomic(durable=True):
        return _sweep(now=now, after=after, careful=True)


def _sweep(*, now: datetime, after: Cursor, careful: bool) -> BatchResult:
    timers = _claim(now=now, after=after)
    outcome = _Outcome()
    by_kind: dict[str, dict[UUID, list[Timer]]] = defaultdict(lambda: defaultdict(list))
    for timer in timers:
        by_kind[timer.subject_kind][timer.subject_id].append(timer)
    for kind, subjects in by_kind.items():
        if careful:
            _fire_bisecting(kind=kind, subjects=subjects, now=now, outcome=outcome)
        else:
            _fire_subjects(kind=kind, subjects=subjects, now=now, outcome=outcome)
    last = max(((timer.next_try_at, timer.pk) for timer in timers), default=after)
    return BatchResult(len(timers), outcome.fired, outcome.skipped, outcome.quarantined, last)


def _claim(*, now: datetime, after: Cursor) -> list[Timer]:
    with connection.cursor() as cursor:
        cursor.execute(PIN)
    after_at, after_id = after
    parameters = {
        "now": now,
        "after_at": after_at,
        "after_id": after_id,
        "kinds": subject_kinds(),
        "limit": BATCH_TIMERS,
    }
    timers = list(Timer.objects.raw(CLAIM, parameters))
    if timers:
        with connection.cursor() as cursor:
            cursor.execute(UNPIN)
    return timers


def _fire_bisecting(*, kind: str, subjects: dict[UUID, list[Timer]], now: datetime, outcome: _Outcome) -> None:
    """Fire the subjects inside a savepoint; on failure halve them, down to the one that fails, and put that one off."""
    attempt = _Outcome()
    try:
        with transaction.atomic():
            _fire_subjects(kind=kind, subjects=subjects, now=now, outcome=attempt)
            # What the commit would refuse must be found here, where it still can be laid at one subject's door.
            connection.check_constraints()
    except Exception:
        if transaction.get_rollback():  # the connection is gone, and the whole transaction with it
            raise
        if len(subjects) == 1:
            count, wait = _quarantine(subjects=subjects, now=now)
            outcome.quarantined += count
            logger.exception("ALARM: the deadlines of %s %s fail and are put off by %s.", kind, *subjects, wait)
            return
    else:
        outcome.fired += attempt.fired
        outcome.skipped += attempt.skipped
        return
    items = list(subjects.items())
    middle = len(items) // 2
    for half in (items[:middle], items[middle:]):
        _fire_bisecting(kind=kind, subjects=dict(half), now=now, outcome=outcome)


def _quarantine(*, subjects: dict[UUID, list[Timer]], now: datetime) -> tuple[int, timedelta]:
    """Put the timers of failing subjects off, 5 s at first, at most 5 minutes; return how many, how far."""
    timers = [timer for held in subjects.values() for timer in held]
    failures = 1 + max(timer.failures for timer in timers)
    wait = min(FIRST_RETRY * 2 ** min(failures - 1, 10), SLOWEST_RETRY)
    Timer.objects.filter(pk__in=[timer.pk for timer in timers]).update(failures=failures, next_try_at=now + wait)
    return len(timers), wait


def _fire_subjects(*, kind: str, subjects: dict[UUID, list[Timer]], now: datetime, outcome: _Outcome) -> None:
    """Lock what can be locked, advance its timers, and let the handler carry out exactly the rungs recorded."""
    handler = subject_handler(kind)
    locked = handler.lock(list(subjects))
    limit = min(SUBJECT_FIRINGS, max(1, BATCH_FIRINGS // len(subjects)))
    planned = [
        firing
        for subject_id, timers in subjects.items()
        if subject_id in locked
        for firing in _missed_rungs(timers, now=now, limit=limit)
    ]
    outcome.skipped += sum(len(timers) for subject_id, timers in subjects.items() if subject_id not in locked)
    if not planned:
        return
    by_id = {timer.pk: timer for timers in subjects.values() for timer in timers}
    fault_point("deadlines.claimed")
    recorded = _advance(planned=planned, timers=by_id, now=now)
    fault_point("deadlines.advanced")
    firings = sorted(
        (firing for firing in planned if (firing.timer_id, firing.rung) in recorded),
        key=lambda firing: (firing.due_at, firing.timer_id, firing.rung),
    )
    handler.fire(firings, now=now)
    fault_point("deadlines.carried_out")
    outcome.fired += len(firings)


def _missed_rungs(timers: Iterable[Timer], *, now: datetime, limit: int) -> list[Firing]:
    """Return one subject's first `limit` missed rungs over all its timers, in due order; later passes take the rest."""
    firings = [
        Firing(
            timer_id=timer.pk,
            subject_id=timer.subject_id,
            target=timer.target,
            clock=timer.clock,
            epoch=timer.epoch,
            rung=rung,
            due_at=due_at,
            is_repeat=rung >= len(timer.ladder),
        )
        for timer in timers
        for rung, due_at in rungs_missed(timer, now=now, limit=limit)
    ]
    firings.sort(key=lambda firing: (firing.due_at, firing.timer_id, firing.rung))
    return firings[:limit]


def _advance(*, planned: Sequence[Firing], timers: dict[int, Timer], now: datetime) -> set[tuple[int, int]]:
    """Record the rungs and move their timers on in one statement; return the (timer, rung) pairs recorded."""
    next_rungs: dict[int, int] = {}
    for firing in planned:
        next_rungs[firing.timer_id] = max(firing.rung + 1, next_rungs.get(firing.timer_id, 0))
    moving = [(timers[timer_id], rung) for timer_id, rung in next_rungs.items()]
    parameters: dict[str, Any] = {
        "now": now,
        "timers": [timer.pk for timer, _ in moving],
        "rungs": [timer.rung for timer, _ in moving],
        "next_rungs": [rung for _, rung in moving],
        "next_dues": [
            rung_due(ladder=timer.ladder, repeat_every=timer.repeat_every, rung=rung) for timer, rung in moving
        ],
        "fired_timers": [firing.timer_id for firing in planned],
        "fired_rungs": [firing.rung for firing in planned],
        "fired_dues": [firing.due_at for firing in planned],
    }
    with connection.cursor() as cursor:
        cursor.execute(ADVANCE, parameters)
        return set(cursor.fetchall())
