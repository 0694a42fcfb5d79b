"""The command that proves invariants from the database alone, of which each room that has some makes its own."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.deadlines.invariants import Invariant
from backend.deadlines.selectors import invariant_breaks

ROWS_SHOWN = 20
Finding = tuple[str, Sequence[str]]
"""A sentence about what has to hold, and the first rows that break it."""


class AuditCommand(BaseCommand):
    """Says of each invariant whether it holds; the exit code tells whether all do."""

    requires_system_checks = []
    invariants: Sequence[Invariant] = ()

    def kinds(self) -> Collection[str]:
        """Return the kinds of subjects that the queries ask about, none where they ask about none."""
        return ()

    def findings_beside(self, *, now: datetime) -> Iterable[Finding]:  # noqa: ARG002 - for those who need it
        """Return what no query can find alone."""
        return ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Check all invariants; exit with an error if any is broken."""
        broken = total = 0
        for sentence, rows in self._findings():
            self.stdout.write(f"{'BROKEN' if rows else 'holds '}  {sentence}")
            for row in rows:
                self.stdout.write(f"        {row}")
            broken += bool(rows)
            total += 1
        if broken:
            raise CommandError(f"{broken} of {total} invariants are broken; the rows are above.")

    def _findings(self) -> Iterator[Finding]:
        now, kinds = database_now(), self.kinds()
        for invariant in self.invariants:
            rows = invariant_breaks(query=invariant.query, now=now, kinds=kinds, limit=ROWS_SHOWN)
            yield invariant.sentence, ["  ".join(f"{name}={value}" for name, value in row.items()) for row in rows]
        yield from self.findings_beside(now=now)
