"""Counts of children as they are shown outside their class: nobody can tell that it is a single one. Pure.

None and one look alike in each class. A sum over classes is shown as a range where the number itself would tell of a
class that it has none or one: at both ends of what the classes that look alike can add up to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

SHOWN_FROM = 2
"""Smaller counts look alike."""
TOO_FEW = 2
"""Of so few classes that look alike no sum is told."""


@dataclass(frozen=True, slots=True)
class Total:
    """A sum, or between which two numbers it lies."""

    least: int
    most: int

    @property
    def is_exact(self) -> bool:
        """Whether it is one number."""
        return self.least == self.most


def count_shown(count: int) -> int | None:
    """Return a count as others see it; None where it is too small to be shown."""
    return count if count >= SHOWN_FROM else None


def total_shown(counts: Sequence[int]) -> Total:
    """Return the sum of the counts of several classes as others see it."""
    alike = [count for count in counts if count < SHOWN_FROM]
    clear, few, most = sum(counts) - sum(alike), sum(alike), len(alike)
    if most <= TOO_FEW:
        return Total(clear, clear + most)
    if few <= 1:
        return Total(clear, clear + 1)
    if few >= most - 1:
        return Total(clear + most - 1, clear + most)
    return Total(clear + few, clear + few)
