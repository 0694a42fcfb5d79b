"""The auditor: prove each invariant of the deadline engine from the database alone."""

from collections.abc import Collection

from backend.deadlines.auditing import AuditCommand
from backend.deadlines.handlers import subject_kinds
from backend.deadlines.invariants import INVARIANTS


class Command(AuditCommand):
    """Says of each invariant whether it holds; the exit code tells whether all do."""

    help = "State each invariant of the deadline engine in one line; prove it, or print rows that break it and fail."
    invariants = INVARIANTS

    def kinds(self) -> Collection[str]:
        """Return the kinds that settings name a handler for."""
        return subject_kinds()
