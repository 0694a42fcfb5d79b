"""The one table of pauses after which what failed is tried again."""

from datetime import timedelta

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 10, 20, 40, 80, 160, 300, 1_800, 7_200, 18_000, 36_000, 86_400, 115_200)
)
"""The first try follows within seconds, the last a little over three days after the first."""
MOST_TRIES = len(PAUSES) + 1
LONGEST_OF_OURS = timedelta(minutes=5)
"""The longest pause of work in our own database, which is tried for ever."""


def pause_after(attempts: int) -> timedelta | None:
    """Return the pause after so many tries of reaching somebody outside; None when it is given up."""
    return PAUSES[attempts - 1] if attempts < MOST_TRIES else None


def pause_of_ours(attempts: int) -> timedelta:
    """Return the pause after so many tries of what is done in the database alone."""
    return min(PAUSES[min(attempts, len(PAUSES)) - 1], LONGEST_OF_OURS)
