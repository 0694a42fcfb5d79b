"""The auditor: prove each invariant of the deadline engine from the database alone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.deadlines.handlers import subject_kinds
from backend.deadlines.invariants import INVARIANTS
from backend.deadlines.selectors import invariant_breaks

ROWS_SHOWN = 20


class Command(BaseCommand):
    help = "State each invariant of the deadline engine in one line; prove it, or print rows that break it and fail."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Check all invariants; exit with an error if any is broken."""
        now, kinds, broken = database_now(), subject_kinds(), 0
        for invariant in INVARIANTS:
            rows = invariant_breaks(query=invariant.query, now=now, kinds=kinds, limit=ROWS_SHOWN)
            self.stdout.write(f"{'BROKEN' if rows else 'holds '}  {invariant.sentence}")
            for row in rows:
                self.stdout.write("        " + "  ".join(f"{name}={value}" for name, value in row.items()))
            broken += bool(rows)
        if broken:
            raise CommandError(f"{broken} of {len(INVARIANTS)} invariants are broken; the rows are above.")
