"""Ladders of due times that rounds, contact tests, steps of plans and periods climb, as the documents have them.

A ladder fires each of its rungs once, at the first sweep at or after its due time, and ends with the last one.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import NamedTuple

from tools.prove.simulate.firings import Fired

Subject = tuple[object, ...]
"""The owner of a ladder: its kind, and the name it has among its kind."""
ENDED = "ladder_ended"


class Climb(NamedTuple):
    """One arming of a ladder, the first of a subject being 1."""

    subject: Subject
    epoch: int


@dataclass(eq=False)
class Ladder:
    """One arming: since when, its due times, how many have fired, and when and why it stopped."""

    key: Climb
    started_at: datetime
    due: tuple[datetime, ...]
    rung: int = 0
    stopped_at: datetime | None = None
    reason: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it waits for its next rung."""
        return self.stopped_at is None

    def told(self) -> tuple[object, ...]:
        """Return all that the database keeps of it."""
        return self.started_at, self.due, self.rung, self.stopped_at, self.reason


class Ladders:
    """All of them, and everything that must have fired."""

    def __init__(self) -> None:
        self.fired: dict[tuple[Climb, int], Fired] = {}
        self._of: defaultdict[Subject, list[Ladder]] = defaultdict(list)
        self._waiting: list[tuple[datetime, int, Ladder]] = []
        self._order = count()

    def arm(self, subject: Subject, due: Sequence[datetime], at: datetime) -> None:
        """Begin a ladder anew; one that runs must have been stopped."""
        earlier = self._of[subject]
        if any(ladder.is_running for ladder in earlier):
            raise ValueError(f"{subject} climbs already")
        earlier.append(Ladder(Climb(subject, len(earlier) + 1), at, tuple(due)))
        self._wait(earlier[-1])

    def stop(self, subject: Subject, at: datetime, reason: str) -> None:
        """Stop what climbs of a subject; nothing where nothing does."""
        for ladder in self._of[subject]:
            if ladder.is_running:
                ladder.stopped_at, ladder.reason = at, reason

    def next_due(self) -> datetime | None:
        """Return when the next rung is due."""
        while self._waiting and not _waits(*self._waiting[0]):
            heapq.heappop(self._waiting)
        return self._waiting[0][0] if self._waiting else None

    def swept(self, now: datetime) -> list[tuple[Subject, list[int]]]:
        """Fire every rung that is due by now; return by subject which did, in their order."""
        fired: dict[Subject, list[int]] = {}
        while (due_at := self.next_due()) is not None and due_at <= now:
            _due, _number, ladder = heapq.heappop(self._waiting)
            self.fired[ladder.key, ladder.rung] = Fired(due_at, now)
            fired.setdefault(ladder.key.subject, []).append(ladder.rung)
            ladder.rung += 1
            if ladder.rung < len(ladder.due):
                self._wait(ladder)
            else:
                ladder.stopped_at, ladder.reason = now, ENDED
        return list(fired.items())

    def all(self) -> Iterator[Ladder]:
        """Yield every arming there ever was."""
        for ladders in self._of.values():
            yield from ladders

    def _wait(self, ladder: Ladder) -> None:
        heapq.heappush(self._waiting, (ladder.due[ladder.rung], next(self._order), ladder))


def _waits(due_at: datetime, _number: int, ladder: Ladder) -> bool:
    return ladder.is_running and ladder.due[ladder.rung] == due_at
