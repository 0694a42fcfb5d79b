"""Asking other systems, a few at once, and what they told, kept in the process for a while and within a bound."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Generic, TypeVar

from backend.identity.errors import ProviderAway

AT_ONCE = 6
"""The requests of a process that wait for other systems; one that hangs leaves all other threads to everybody else."""
ROOM = BoundedSemaphore(AT_ONCE)

Told = TypeVar("Told")


@contextmanager
def asking() -> Iterator[None]:
    """Hold a place for as long as another system is asked; raise ProviderAway where all are taken."""
    if not ROOM.acquire(blocking=False):
        raise ProviderAway
    try:
        yield
    finally:
        ROOM.release()


class Kept(Generic[Told]):
    """Answers by their address; the oldest goes first. Safe between threads, for each step is one of a dictionary."""

    def __init__(self, *, seconds: float, most: int) -> None:
        self.seconds = seconds
        self.most = most
        self._told: dict[str, tuple[float, Told]] = {}

    def get(self, name: str) -> Told | None:
        """Return what was told, if it is not too old."""
        found = self._told.get(name)
        return found[1] if found is not None and time.monotonic() < found[0] else None

    def put(self, name: str, told: Told) -> Told:
        """Keep it, and return it."""
        self._told.pop(name, None)
        while len(self._told) >= self.most:
            self._told.pop(next(iter(self._told)), None)
        self._told[name] = (time.monotonic() + self.seconds, told)
        return told

    def forget(self, name: str) -> None:
        """Have it asked for anew."""
        self._told.pop(name, None)

    def clear(self) -> None:
        """Forget everything."""
        self._told.clear()
