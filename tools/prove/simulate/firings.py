"""Firings of clocks as the oracle and the judge of the database both name them."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Key(NamedTuple):
    """A firing: a rung (from 0, repeats counted on) of one arming of a clock of a ticket or a part of it."""

    ticket: UUID
    clock: str
    epoch: int
    rung: int
    part: str = ""


class Fired(NamedTuple):
    """The due time of a rung, and the sweep that fired it."""

    due_at: datetime
    fired_at: datetime


class Next(NamedTuple):
    """The next rung of a clock that has not stopped: when it is due, or that it rests."""

    due_at: datetime | None
