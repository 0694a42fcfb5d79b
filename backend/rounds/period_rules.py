"""The days of special periods: the stretches between which what is asked changes. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from backend.rulebook.period_content import Asked

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AskedOnDays:
    """A measure, from its first day until its last."""

    asked: Asked
    first: date
    last: date


def stretches_between(measures: Sequence[AskedOnDays]) -> Iterator[tuple[date, date, tuple[Asked, ...]]]:
    """Yield each run of days on which the same is asked: its first day, the day after its last, and all that is asked.

    Measures of periods that overlap are in force together.
    """
    borders = sorted({day for one in measures for day in (one.first, one.last + DAY)})
    for first, after in pairwise(borders):
        asked = tuple(one.asked for one in measures if one.first <= first <= one.last)
        if asked:
            yield first, after, asked
