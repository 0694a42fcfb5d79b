"""Pausing running timers and letting them go on; the caller holds the locks of their subjects."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from backend.deadlines.models import Timer
from backend.deadlines.services.moving import TimerMove, moves_carry_out

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
