"""Arithmetic of ladders: when each rung is due, and which rungs a sweep has to fire; no queries, no system clock."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol


class LadderState(Protocol):
    """A timer as the arithmetic sees it: its ladder (UTC), its repeat and the rung that fires next (from 0)."""

    ladder: list[datetime]
    repeat_every: timedelta | None
    rung: int


def rung_due(*, ladder: Sequence[datetime], repeat_every: timedelta | None, rung: int) -> datetime | None:
    """Return when a rung (from 0, repeats counted on) is due; None past the end of a ladder that does not repeat."""
    if rung < len(ladder):
        return ladder[rung]
    if repeat_every is None:
        return None
    return ladder[-1] + (rung - len(ladder) + 1) * repeat_every


def rungs_missed(state: LadderState, *, now: datetime, limit: int) -> Iterator[tuple[int, datetime]]:
    """Yield (rung, due) of the timer's unfired rungs due by now, in order, at most `limit`."""
    for rung in range(state.rung, state.rung + limit):
        due_at = rung_due(ladder=state.ladder, repeat_every=state.repeat_every, rung=rung)
        if due_at is None or due_at > now:
            return
        yield rung, due_at


def ladder_moved(*, ladder: Sequence[datetime], rung: int, wanted: Sequence[datetime]) -> tuple[datetime, ...]:
    """Return a ladder whose rungs from `rung` on are the wanted ones, none before the last that fired already."""
    fired = tuple(ladder[:rung])
    return (*fired, *(max(due_at, fired[-1]) if fired else due_at for due_at in wanted[rung:]))
