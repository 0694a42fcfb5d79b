"""The loop of one sweeping process: distrust the clock, sweep, give signs of life, sleep until the next due time."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import connection

from backend.common.clock import database_now
from backend.common.faults import fault_point
from backend.deadlines.clocks import ClockReading, ClockWatch, boot_id, uptime_seconds
from backend.deadlines.selectors import clock_reference, hold_current, next_due_after
from backend.deadlines.services.firing import DRAIN_BATCHES, HEAD, BatchResult, fire_batch
from backend.deadlines.services.watching import (
    firing_hold_open,
    firing_hold_release,
    heartbeat_record,
    sweep_gap_record,
)

logger = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(milliseconds=500)
SHORTEST_PAUSE = timedelta(milliseconds=50)
BEAT_SECONDS = 1.0
SLOWEST_RECONNECT = 5.0

ReadClocks = Callable[[], ClockReading]


def read_clocks() -> ClockReading:
    """Read the database's clock between two readings of the host's uptime."""
    before = uptime_seconds()
    now = database_now()
    return ClockReading(now=now, before=before, after=uptime_seconds())


class Engine:
    """One sweeping process and what it remembers between drains: its clocks, its last sign of life, its counts."""

    def __init__(self, *, name: str, read: ReadClocks = read_clocks, boot: str | None = None) -> None:
        self.name = name
        self._read = read
        self._boot = boot_id() if boot is None else boot
        self._watch: ClockWatch | None = None
        self._beat_at: float | None = None
        self._counts = {"fired": 0, "skipped": 0, "quarantined": 0}

    def drain(self) -> timedelta:
        """Sweep until nothing more is due, at most 100 batches; return how long to sleep."""
        after, fired = HEAD, 0
        for _ in range(DRAIN_BATCHES):
            reading = self._read()
            if self._is_held(reading):
                self._beat(reading, swept=False)
                return LONGEST_PAUSE
            result = fire_batch(now=reading.now, after=after)
            if result.fired:
                fault_point("deadlines.committed")
            self._count(result)
            self._beat(reading, swept=True)
            after, fired = result.last, fired + result.fired
            if not result.is_full:
                break
        return self._pause(reading, fired=fired)

    def run(self, *, stop: threading.Event) -> None:
        """Drain and sleep until told to stop; a database that is away is waited for, however long."""
        failures = 0
        while not stop.is_set():
            try:
                pause = self.drain().total_seconds()
                failures = 0
            except Exception:
                pause = min(0.1 * 2 ** min(failures, 10), SLOWEST_RECONNECT)
                failures += 1
                logger.exception("ALARM: the deadline engine %s could not sweep; again in %.1f s.", self.name, pause)
                connection.close()
            stop.wait(pause)

    def _is_held(self, reading: ClockReading) -> bool:
        """Open a hold when the clock jumped forward, release one when it has been steady; say whether one is open."""
        if self._watch is None:
            self._watch = ClockWatch(clock_reference(boot_id=self._boot))
        step = self._watch.observe(reading)
        if step > timedelta(0):
            firing_hold_open(jump=step, seen_by=self.name, now=reading.now)
        hold = hold_current()
        if hold is None:
            return False
        if not self._watch.steady_under(hold.pk, reading):
            return True
        firing_hold_release(released_by="steady clocks", now=reading.now)
        return False

    def _count(self, result: BatchResult) -> None:
        self._counts["fired"] += result.fired
        self._counts["skipped"] += result.skipped
        self._counts["quarantined"] += result.quarantined

    def _beat(self, reading: ClockReading, *, swept: bool) -> None:
        """Give a sign of life, at most one a second; the first that swept after a gap records the gap."""
        if self._beat_at is not None and reading.before - self._beat_at < BEAT_SECONDS:
            return
        if swept:
            sweep_gap_record(name=self.name, now=reading.now)
        heartbeat_record(name=self.name, reading=reading, boot_id=self._boot, **self._counts)
        self._beat_at = reading.before
        self._counts = dict.fromkeys(self._counts, 0)

    def _pause(self, reading: ClockReading, *, fired: int) -> timedelta:
        if fired:
            return SHORTEST_PAUSE
        due_at = next_due_after(now=reading.now)
        if due_at is None:
            return LONGEST_PAUSE
        return max(SHORTEST_PAUSE, min(LONGEST_PAUSE, due_at - reading.now))
