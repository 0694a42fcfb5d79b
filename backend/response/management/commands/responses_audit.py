"""The auditor of started response plans: prove each invariant of their steps from the database alone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.deadlines.selectors import invariant_breaks
from backend.response.invariants import INVARIANTS

ROWS_SHOWN = 20


class Command(BaseCommand):
    """Says of each invariant whether it holds; the exit code tells whether all do."""

    help = "State each invariant of started response plans in one line; prove it, or print rows that break it and fail."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Check all invariants; exit with an error if any is broken."""
        now, broken = database_now(), 0
        for invariant in INVARIANTS:
            rows = invariant_breaks(query=invariant.query, now=now, kinds=[], limit=ROWS_SHOWN)
            self.stdout.write(f"{'BROKEN' if rows else 'holds '}  {invariant.sentence}")
            for row in rows:
                self.stdout.write("        " + "  ".join(f"{name}={value}" for name, value in row.items()))
            broken += bool(rows)
        if broken:
            raise CommandError(f"{broken} of {len(INVARIANTS)} invariants are broken; the rows are above.")
