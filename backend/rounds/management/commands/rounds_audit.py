"""The auditor of rounds: prove each invariant between rounds, answers and timers from the database alone."""

from backend.deadlines.auditing import AuditCommand
from backend.rounds.invariants import INVARIANTS
from backend.rounds.period_invariants import PERIOD_INVARIANTS
from backend.rounds.reply_invariants import REPLY_INVARIANTS


class Command(AuditCommand):
    """Says of each invariant whether it holds; the exit code tells whether all do."""

    help = "State each invariant of the rounds in one line; prove it, or print rows that break it and fail."
    invariants = (*INVARIANTS, *PERIOD_INVARIANTS, *REPLY_INVARIANTS)
