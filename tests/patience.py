"""Waiting and judging on machines of any speed: how long tests wait for what has to come, and bounds in seconds.

A bound in seconds means a machine that has nothing else to do. On a slow or a busy one it means as much more as a plain
loop takes longer there in the same minute.
"""

import time
from collections.abc import Iterable
from statistics import median

PATIENCE = 60.0
"""Seconds for which a test waits for what has to happen; what happens sooner costs no waiting."""
LOOPS = 1_000_000
QUIET_SECONDS = 0.015
"""Of that many turns of an empty loop on a core that does nothing else."""


def stretch() -> float:
    """Return how many times as long as on a quiet machine a plain loop takes here and now, 1 or more."""
    return max(1.0, median(_seconds_of_a_loop() for _turn in range(9)) / QUIET_SECONDS)


def within(seconds: float, bound: float) -> bool:
    """Return whether something took no longer than the bound, allowing for how slow the machine is now."""
    return seconds < bound or seconds < bound * stretch()


def until_below(bound: float, figures: Iterable[float]) -> list[float]:
    """Return the figures up to the first below the bound: a fault shows in every round, a hiccup only in one."""
    taken = []
    for figure in figures:
        taken.append(figure)
        if figure < bound:
            break
    return taken


def _seconds_of_a_loop() -> float:
    began = time.monotonic()
    for _turn in range(LOOPS):
        pass
    return time.monotonic() - began
