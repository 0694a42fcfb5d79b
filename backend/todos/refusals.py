"""The ways in which a system does not take a to-do, beside refusing that one."""

from datetime import timedelta

from backend.common.outgoing import NotTaken

USUAL_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(hours=1)


class Away(NotTaken):
    """Nothing can be sent there now: it cannot be reached, fails, or does not let us in."""


class Limited(NotTaken):
    """It took as much as it takes for now, and says how long it wants to be left alone."""

    def __init__(self, reason: str, *, rest: timedelta = USUAL_REST) -> None:
        self.rest = min(max(rest, timedelta(seconds=1)), LONGEST_REST)
        super().__init__(reason)


class NotThere(NotTaken):
    """It knows no such to-do (any more)."""
