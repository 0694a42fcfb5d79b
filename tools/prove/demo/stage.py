"""The state that all people of a demo day share: its clock, its end, and the counts of what they did."""

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tools.prove.demo.judging import Filing
from tools.prove.demo.offices import EVENING_SHARE, FILING_SHARE, Times


@dataclass(slots=True)
class Stage:
    """One demo day; threads read it and count on it."""

    day_seconds: float
    school: Mapping[str, Any]
    began: float = field(default_factory=time.monotonic)
    is_over: threading.Event = field(default_factory=threading.Event)
    is_interrupted: threading.Event = field(default_factory=threading.Event)
    rounds_said: threading.Event = field(default_factory=threading.Event)
    later: list[Filing] = field(default_factory=list)
    """The reports that came out after all had been said to be well."""
    said: list[tuple[str, str]] = field(default_factory=list)
    """The answers to rounds that were sent: which round, by whom."""
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def elapsed(self) -> float:
        """Seconds since the day began."""
        return time.monotonic() - self.began

    @property
    def filing_seconds(self) -> float:
        """How long reports come in."""
        return self.day_seconds * FILING_SHARE

    @property
    def is_evening(self) -> bool:
        """Whether everybody brings to an end what is still open."""
        return self.is_interrupted.is_set() or self.elapsed > self.day_seconds * EVENING_SHARE

    def times(self) -> Times:
        """Return what the script needs to know of the clock."""
        return Times(datetime.now(UTC), self.day_seconds, self.is_evening, self.school["acknowledge_seconds"])

    def count(self, name: str) -> None:
        """Count something that happened."""
        with self._lock:
            self.counts[name] += 1

    def fail(self, problem: str) -> None:
        """Note what must not happen; the day is over."""
        with self._lock:
            self.problems.append(problem)
        self.is_over.set()
