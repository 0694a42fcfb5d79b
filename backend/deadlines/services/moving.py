"""Moving the rungs of running timers that have not fired yet; the caller holds the locks of their subjects."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from backend.deadlines.ladders import ladder_moved, rung_due
from backend.deadlines.models import Timer

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
