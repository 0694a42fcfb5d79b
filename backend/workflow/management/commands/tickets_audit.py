"""The auditor of tickets: prove each invariant between tickets, clocks, ledger and outbox from the database alone."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.deadlines.selectors import invariant_breaks
from backend.workflow.invariants import INVARIANTS
from backend.workflow.maintenance import tickets_with_lost_time, tickets_with_wrong_clocks

ROWS_SHOWN = 20
CLOCKS = "A ticket has exactly the open timers, running or at rest, that its state, severity and category imply."
PAUSES = "Waiting conserves working time: a clock that was paused is due when the work then left has been done."


class Command(BaseCommand):
    """Says of each invariant whether it holds; the exit code tells whether all do."""

    help = "State each invariant of the tickets in one line; prove it, or print rows that break it and fail."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Check all invariants; exit with an error if any is broken."""
        broken = total = 0
        for sentence, rows in _findings():
            self.stdout.write(f"{'BROKEN' if rows else 'holds '}  {sentence}")
            for row in rows:
                self.stdout.write(f"        {row}")
            broken += bool(rows)
            total += 1
        if broken:
            raise CommandError(f"{broken} of {total} invariants are broken; the rows are above.")


def _findings() -> Iterator[tuple[str, list[str]]]:
    now = database_now()
    for invariant in INVARIANTS:
        rows = invariant_breaks(query=invariant.query, now=now, kinds=[], limit=ROWS_SHOWN)
        yield (
            invariant.sentence,
            ["  ".join(f"{name}={value}" for name, value in row.items()) for row in rows],
        )
    yield CLOCKS, [str(wrong) for wrong in islice(tickets_with_wrong_clocks(), ROWS_SHOWN)]
    yield PAUSES, [str(lost) for lost in islice(tickets_with_lost_time(now=now), ROWS_SHOWN)]
