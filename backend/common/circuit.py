"""Leaving alone for a while what has just failed."""

import time


class Circuit:
    """After a failure it stays open for some seconds, and nobody tries; kept per process, safe between threads."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the last failure is too recent to try again."""
        return time.monotonic() < self._open_until

    def trip(self) -> None:
        """Note a failure."""
        self._open_until = time.monotonic() + self.seconds

    def reset(self) -> None:
        """Forget the last failure."""
        self._open_until = 0.0
