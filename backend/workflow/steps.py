"""Next steps in a change: the one that is named ends with its answer, or when the ticket is said to be solved."""

from backend.rulebook.ruleset import ClockName
from backend.workflow.change import TicketChange
from backend.workflow.facts import parts_open
from backend.workflow.models import PartOutcome


def step_solved(*, change: TicketChange) -> None:
    """Have the next step that is named end because the ticket is solved; in time or late, as the times say."""
    for step in list(parts_open(change.situation, ClockName.STEP)):
        change.ends(step, outcome=PartOutcome.DONE)
