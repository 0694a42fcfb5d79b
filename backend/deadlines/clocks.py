"""The engine's distrust of clocks: the database's time against the host's uptime; no queries."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

JUMP = timedelta(seconds=30)
STEADY_SECONDS = 60.0

_UPTIME_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def uptime_seconds() -> float:
    """Return the host's seconds since boot; they count suspended time and nobody can set them."""
    return time.clock_gettime(_UPTIME_CLOCK)


def boot_id() -> str:
    """Return the identity of this boot of this host; empty where the system has none."""
    return _BOOT_ID.read_text(encoding="ascii").strip() if _BOOT_ID.exists() else ""


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The database's instant, read between two readings of the uptime (seconds)."""

    now: datetime
    before: float
    after: float


def clock_step(earlier: ClockReading, later: ClockReading) -> timedelta:
    """Return how far the database's clock surely stepped between two readings; zero if the delays can explain it."""
    by_database = later.now - earlier.now
    longest = timedelta(seconds=later.after - earlier.before)
    shortest = timedelta(seconds=later.before - earlier.after)
    if by_database > longest:
        return by_database - longest
    if by_database < shortest:
        return by_database - shortest
    return timedelta(0)


class ClockWatch:
    """One process's memory of its readings: sees a step of the clock, and when it has been steady since."""

    def __init__(self, reference: ClockReading | None = None) -> None:
        self._last = reference
        self._held: tuple[int, float] | None = None

    def observe(self, reading: ClockReading) -> timedelta:
        """Remember the reading; return the step since the last one if it is over 30 s either way, else zero."""
        step = clock_step(self._last, reading) if self._last else timedelta(0)
        self._last = reading
        if abs(step) <= JUMP:
            return timedelta(0)
        self._held = None
        return step

    def steady_under(self, hold_id: int, reading: ClockReading) -> bool:
        """Return whether this process has seen this hold and no step of the clock for 60 s of uptime."""
        if self._held is None or self._held[0] != hold_id:
            self._held = (hold_id, reading.after)
        return reading.before - self._held[1] >= STEADY_SECONDS
