"""Asking other systems, a few at once, and what they told, kept in the process for a while and within a bound."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from backend.identity.errors import ProviderAway

AT_ONCE = 6
"""The requests of a process that wait for other systems; one that hangs leaves all other threads to everybody else."""
OF_ONE = 3
"""Those of them that wait for one and the same host, so that a school's that hangs leaves room for the others'."""

Told = TypeVar("Told")


_taken: Counter[str] = Counter()
_lock = Lock()


@contextmanager
def asking(address: str) -> Iterator[None]:
    """Hold a place for as long as the host of an address is asked; raise ProviderAway where its places are taken."""
    host = urlsplit(address).netloc
    with _lock:
        if _taken[host] >= OF_ONE or _taken.total() >= AT_ONCE:
            raise ProviderAway
        _taken[host] += 1
    try:
        yield
    finally:
        with _lock:
            _taken[host] -= 1
            if not _taken[host]:
                del _taken[host]


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
