"""Arming and stopping the timers of a subject; the caller holds the lock of the subject."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from backend.common.sql.statements import prepared_cursor
from backend.deadlines.models import MAX_RUNGS, SHORTEST_REPEAT

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
       0, true, draft.ladder[1], greatest(draft.ladder[1], %(now)s), draft.ladder, draft.repeat_every,
       draft.calendar_version, 0, %(now)s, ''
FROM jsonb_to_recordset(%(drafts)s::jsonb) AS draft(
    subject_kind varchar, subject_id uuid, target varchar, clock varchar, ladder timestamptz[], repeat_every interval,
    calendar_version integer
)
RETURNING id
"""
STOP = """
UPDATE deadlines_timer
SET armed = false, remaining = NULL, stopped_at = %(now)s, stop_reason = %(reason)s
WHERE subject_kind = %(kind)s AND subject_id = %(subject)s AND stopped_at IS NULL
  AND (%(target)s::varchar IS NULL OR target = %(target)s::varchar)
  AND (%(clocks)s::varchar[] IS NULL OR clock = ANY(%(clocks)s::varchar[]))
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
    if not drafts:
        return []
    rows = json.dumps([draft.as_json() for draft in drafts])
    with prepared_cursor() as cursor:
        cursor.execute(ARM, {"now": now, "drafts": rows})
        return [timer_id for (timer_id,) in cursor.fetchall()]


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
    parameters: dict[str, Any] = {
        "now": now,
        "reason": reason,
        "kind": subject_kind,
        "subject": subject_id,
        "target": target,
        "clocks": None if clocks is None else [str(clock) for clock in clocks],
    }
    with prepared_cursor() as cursor:
        cursor.execute(STOP, parameters)
        return int(cursor.rowcount)
