"""The lengths of the phases of a `make chaos` run, for whole runs and for short ones."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Seconds of a school's day, of a ticket until it is brought to its end, and of load before and after a fault."""

    day: float = 75.0
    open: float = 10.0
    before: float = 2.0
    after: float = 4.0


USUAL, SMALL = Pace(), Pace(day=30.0, open=4.0, before=1.0, after=2.0)
