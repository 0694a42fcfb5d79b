"""The auditor of tickets: prove each invariant between tickets, clocks, ledger and outbox from the database alone."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from backend.deadlines.auditing import ROWS_SHOWN, AuditCommand, Finding
from backend.workflow.invariants import INVARIANTS
from backend.workflow.maintenance import tickets_with_lost_time, tickets_with_wrong_clocks

CLOCKS = "A ticket has exactly the open timers, running or at rest, that its state, severity and category imply."
PAUSES = "Waiting conserves working time: a clock that was paused is due when the work then left has been done."


class Command(AuditCommand):
    """Says of each invariant whether it holds; the exit code tells whether all do."""

    help = "State each invariant of the tickets in one line; prove it, or print rows that break it and fail."
    invariants = INVARIANTS

    def findings_beside(self, *, now: datetime) -> Iterator[Finding]:
        """Yield the two that are computed by the rules of clocks."""
        yield CLOCKS, [str(wrong) for wrong in islice(tickets_with_wrong_clocks(), ROWS_SHOWN)]
        yield PAUSES, [str(lost) for lost in islice(tickets_with_lost_time(now=now), ROWS_SHOWN)]
