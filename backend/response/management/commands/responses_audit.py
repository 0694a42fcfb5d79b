"""The auditor of started response plans: prove each invariant of their steps from the database alone."""

from backend.deadlines.auditing import AuditCommand
from backend.response.invariants import INVARIANTS


class Command(AuditCommand):
    """Says of each invariant whether it holds; the exit code tells whether all do."""

    help = "State each invariant of started response plans in one line; prove it, or print rows that break it and fail."
    invariants = INVARIANTS
