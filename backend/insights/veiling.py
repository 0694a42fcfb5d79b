"""Leaving out small numbers of confidential reports, so that none can be computed from what is shown. Pure.

Every number stands for itself: fewer than five are not shown, none at all neither, and a sum adds up only what is
shown. Whatever is shown is then the same for any numbers below five, so that nothing can be subtracted from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 5
"""The smallest number of confidential reports that is shown; numbers that still grow are shown in steps of it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A number of confidential reports as it may be shown; None where it is not, `or_more` where it may be larger."""

    count: int | None
    or_more: bool = False


NOT_SHOWN = Shown(None)


def rounded_down(count: int) -> int:
    """Return the multiple of five that a number reaches."""
    return count - count % FEWEST


def shown_of(count: int, *, is_final: bool) -> Shown:
    """Return a number as it may be shown: one that still grows only in steps, so that no single report moves it."""
    if count < FEWEST:
        return NOT_SHOWN
    return Shown(count) if is_final else Shown(rounded_down(count), or_more=True)


def sum_shown(parts: Sequence[Shown]) -> Shown:
    """Return the sum of what is shown; where something is not it may be larger."""
    told = [part.count for part in parts if part.count is not None]
    if not told:
        return NOT_SHOWN
    return Shown(sum(told), or_more=len(told) < len(parts) or any(part.or_more for part in parts))
