"""The auditor of what has to be told outside: prove each invariant of its timers from the database alone."""

from backend.deadlines.auditing import AuditCommand
from backend.outside.invariants import INVARIANTS


class Command(AuditCommand):
    """Says of each invariant whether it holds; the exit code tells whether all do."""

    help = "State each invariant of what has to be told outside in one line; prove it, or print rows that break it."
    invariants = INVARIANTS
