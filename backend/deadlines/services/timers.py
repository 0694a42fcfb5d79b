"""The life of timers: armed, moved, paused, resumed and stopped; the caller holds the locks of their subjects."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection

from backend.common.sql.statements import Write, write
from backend.deadlines.ladders import ladder_moved, rung_due
from backend.deadlines.models import MAX_RUNGS, SHORTEST_REPEAT, Timer

ARM = """
INSERT INTO deadlines_timer (
    subject_kind, subject_id, target, clock, epoch, rung, armed, due_at, next_try_at, ladder, repeat_every,
    calendar_version, failures, started_at, stop_reason
)
SELECT draft.subject_kind, draft.subject_id, draft.target, draft.clock,
       1 + coalesce((
           SELECT max(earlier.epoch) FROM deadlines_timer AS earlier
           WHERE earlier.subject_kind = draft.subject_kind AND earlier.subject_id = draft.subject_id
             AND earlier.target = draft.target AND earlier.clock = draft.clock
       ), 0),
       0, true, draft.ladder[1], greatest(draft.ladder[1], asked.now), draft.ladder, draft.repeat_every,
       draft.calendar_version, 0, asked.now, ''
FROM (SELECT %s::timestamptz AS now) AS asked, {after}jsonb_to_recordset(%s::jsonb) AS draft(
    subject_kind varchar, subject_id uuid, target varchar, clock varchar, ladder timestamptz[], repeat_every interval,
    calendar_version integer
)
RETURNING id
"""
ARM_AT_ONCE = ARM.format(after="")
ARM_AFTER_STOPPING = ARM.format(after="(SELECT count(*) FROM stopped) AS before, ")
"""The count is there before the first timer is, so that a clock can be armed again by the statement that stops it."""
STOP = """
UPDATE deadlines_timer AS timer SET armed = false, remaining = NULL, stopped_at = asked.now, stop_reason = asked.reason
FROM (
    SELECT %s::timestamptz AS now, %s::varchar AS reason, %s::varchar AS kind, %s::uuid AS subject,
           %s::varchar AS target, %s::varchar[] AS clocks
) AS asked
WHERE timer.subject_kind = asked.kind AND timer.subject_id = asked.subject AND timer.stopped_at IS NULL
  AND (asked.target IS NULL OR timer.target = asked.target)
  AND (asked.clocks IS NULL OR timer.clock = ANY(asked.clocks))
RETURNING timer.id
"""


@dataclass(frozen=True, slots=True)
class TimerDraft:
    """A timer to arm: `ladder[0]` is the clock's due time, later entries further rungs, in order; the last repeats.

    Raises ValueError for an empty, unordered, naive or over-long ladder and for a repeat under one second.
    """

    subject_kind: str
    subject_id: UUID
    clock: str
    ladder: tuple[datetime, ...]
    repeat_every: timedelta | None
    target: str = ""
    calendar_version: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.ladder) <= MAX_RUNGS:
            raise ValueError(f"A ladder has 1 to {MAX_RUNGS} rungs; this one has {len(self.ladder)}.")
        if any(due_at.tzinfo is None for due_at in self.ladder):
            raise ValueError("The times of a ladder carry a time zone.")
        if any(later < earlier for earlier, later in pairwise(self.ladder)):
            raise ValueError("The times of a ladder are in order.")
        if self.repeat_every is not None and self.repeat_every < SHORTEST_REPEAT:
            raise ValueError(f"A ladder repeats every {SHORTEST_REPEAT} or slower.")

    def as_json(self) -> dict[str, Any]:
        """Return the draft as the arming statement reads it; the interval is in seconds, so no zone can stretch it."""
        return {
            "subject_kind": self.subject_kind,
            "subject_id": str(self.subject_id),
            "target": self.target,
            "clock": self.clock,
            "ladder": [due_at.isoformat() for due_at in self.ladder],
            "repeat_every": None if self.repeat_every is None else f"{self.repeat_every.total_seconds():f} seconds",
            "calendar_version": self.calendar_version,
        }


def timers_arm(*, drafts: Sequence[TimerDraft], now: datetime) -> list[int]:
    """Arm the timers in one statement, each as the next epoch of its subject, target and clock; return their ids.

    What is past due already is tried from now on: rungs that a correction made late fire with the next sweep.
    Raises IntegrityError if one of them is still open: stop it first.
    """
    return [timer_id for (timer_id,) in write(timers_arming(drafts=drafts, now=now))] if drafts else []


def timers_arming(*, drafts: Sequence[TimerDraft], now: datetime, after_stopping: bool = False) -> Write:
    """Return what arms the timers; after what stops others, in one statement, they may be of the same clocks."""
    statement = ARM_AFTER_STOPPING if after_stopping else ARM_AT_ONCE
    return Write(statement, [now, json.dumps([draft.as_json() for draft in drafts])])


def timers_stop(
    *,
    subject_kind: str,
    subject_id: UUID,
    clocks: Collection[str] | None,
    now: datetime,
    reason: str,
    target: str | None = None,
) -> int:
    """Stop the subject's open timers of these clocks (all when None) for good; return how many were open.

    With a target only its own are stopped, else also those of every part of the subject.
    """
    stopping = timers_stopping(
        subject_kind=subject_kind, subject_id=subject_id, clocks=clocks, now=now, reason=reason, target=target
    )
    return len(write(stopping))


def timers_stopping(
    *,
    subject_kind: str,
    subject_id: UUID,
    clocks: Collection[str] | None,
    now: datetime,
    reason: str,
    target: str | None = None,
) -> Write:
    """Return what stops these timers."""
    named = None if clocks is None else [str(clock) for clock in clocks]
    return Write(STOP, [now, reason, subject_kind, subject_id, target, named], name="stopped")


def timers_stop_all(*, subject_kind: str, subject_ids: Collection[UUID], now: datetime, reason: str) -> int:
    """Stop every open timer of these subjects for good, in one statement; return how many were open."""
    timers = Timer.objects.filter(subject_kind=subject_kind, subject_id__in=subject_ids, stopped_at__isnull=True)
    return timers.update(armed=False, remaining=None, stopped_at=now, stop_reason=reason)


def timers_stop_targets(
    *, subject_kind: str, subject_id: UUID, targets: Collection[str], now: datetime, reason: str
) -> int:
    """Stop every open timer of these parts of a subject for good, in one statement; return how many were open."""
    timers = Timer.objects.filter(subject_kind=subject_kind, subject_id=subject_id, target__in=targets)
    running = timers.filter(stopped_at__isnull=True)
    return running.update(armed=False, remaining=None, stopped_at=now, stop_reason=reason)


MOVE = """
UPDATE deadlines_timer AS timer
SET ladder = move.ladder, due_at = move.due_at, calendar_version = move.calendar_version,
    next_try_at = CASE WHEN timer.due_at = move.due_at THEN timer.next_try_at
                       ELSE greatest(move.due_at, %(now)s::timestamptz) END
FROM jsonb_to_recordset(%(moves)s::jsonb) AS move(
    id bigint, rung integer, ladder timestamptz[], due_at timestamptz, calendar_version integer
)
WHERE timer.id = move.id AND timer.armed AND timer.rung = move.rung
"""


@dataclass(frozen=True, slots=True)
class TimerMove:
    """An open timer, as read under its subject's lock, and what its whole ladder would be if it were armed now."""

    timer: Timer
    wanted: tuple[datetime, ...]
    calendar_version: int | None

    @property
    def before(self) -> tuple[datetime, ...]:
        """The rungs that have not fired, as they stand."""
        return tuple(self.timer.ladder[self.timer.rung :])

    @property
    def after(self) -> tuple[datetime, ...]:
        """The same rungs as they will be."""
        return self.ladder[self.timer.rung :]

    @property
    def ladder(self) -> tuple[datetime, ...]:
        """The whole ladder afterwards: what fired keeps its due times."""
        return ladder_moved(ladder=self.timer.ladder, rung=self.timer.rung, wanted=self.wanted)

    def as_json(self) -> dict[str, Any]:
        """Return the move as the statement reads it."""
        due_at = rung_due(ladder=self.ladder, repeat_every=self.timer.repeat_every, rung=self.timer.rung)
        return {
            "id": self.timer.pk,
            "rung": self.timer.rung,
            "ladder": [due.isoformat() for due in self.ladder],
            "due_at": (due_at or self.timer.due_at).isoformat(),
            "calendar_version": self.calendar_version,
        }


def timers_move(*, moves: Sequence[TimerMove], now: datetime) -> int:
    """Give running timers new due times for the rungs to come, in one statement; return how many were moved.

    What fired keeps its due time, repeats go on from the last rung, and what is past due by now is tried at once.
    """
    return moves_carry_out(statement=MOVE, moves=moves, now=now)


def moves_carry_out(*, statement: str, moves: Sequence[TimerMove], now: datetime) -> int:
    """Run a statement over `moves` and `now`; return how many timers it changed."""
    if not moves:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(statement, {"now": now, "moves": json.dumps([move.as_json() for move in moves])})
        changed: int = cursor.rowcount
    return changed


PAUSE = """
UPDATE deadlines_timer AS timer
SET armed = false, remaining = pause.remaining
FROM jsonb_to_recordset(%(pauses)s::jsonb) AS pause(id bigint, rung integer, remaining interval)
WHERE timer.id = pause.id AND timer.armed AND timer.rung = pause.rung AND timer.due_at > %(now)s
"""
RESUME = """
UPDATE deadlines_timer AS timer
SET armed = true, remaining = NULL, ladder = move.ladder, due_at = move.due_at,
    next_try_at = greatest(move.due_at, %(now)s::timestamptz), calendar_version = move.calendar_version
FROM jsonb_to_recordset(%(moves)s::jsonb) AS move(
    id bigint, rung integer, ladder timestamptz[], due_at timestamptz, calendar_version integer
)
WHERE timer.id = move.id AND NOT timer.armed AND timer.stopped_at IS NULL AND timer.rung = move.rung
"""


@dataclass(frozen=True, slots=True)
class TimerPause:
    """A running timer, as read under its subject's lock, and the work that is left until its next rung.

    Raises ValueError where no work is left: what is due fires and does not pause.
    """

    timer: Timer
    remaining: timedelta

    def __post_init__(self) -> None:
        if self.remaining <= timedelta(0):
            raise ValueError("A timer pauses before it is due.")

    def as_json(self) -> dict[str, Any]:
        """Return the pause as the statement reads it; the interval is in seconds, so no zone can stretch it."""
        return {
            "id": self.timer.pk,
            "rung": self.timer.rung,
            "remaining": f"{self.remaining.total_seconds():f} seconds",
        }


def timers_pause(*, pauses: Sequence[TimerPause], now: datetime) -> int:
    """Let running timers rest from now on, in one statement, their ladders kept; return how many rest.

    One that fired meanwhile, or whose next rung is due by now, goes on running: what is missed cannot be hidden.
    """
    if not pauses:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(PAUSE, {"now": now, "pauses": json.dumps([pause.as_json() for pause in pauses])})
        paused: int = cursor.rowcount
    return paused


def timers_resume(*, moves: Sequence[TimerMove], now: datetime) -> int:
    """Arm paused timers again with new due times for the rungs to come, in one statement; return how many run again.

    What fired before the pause keeps its due time, and what is past due by now is tried at once.
    """
    return moves_carry_out(statement=RESUME, moves=moves, now=now)
