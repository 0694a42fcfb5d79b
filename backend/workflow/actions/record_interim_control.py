"""Recording an interim control: what was done at once to make the place safe; whoever else was asked need not."""

from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.facts import parts_open
from backend.workflow.models import PartOutcome
from backend.workflow.relation_groups import ABOVE, OWNERS, UNSOLVED


def _effect(change: TicketChange, _said: Reasoned) -> None:
    change.ticket.interim_control_at = change.now
    for part in parts_open(change.situation, ClockName.SUBTASK):
        if part.makes_safe:
            change.ends(part, outcome=PartOutcome.WITHDRAWN)


RECORD_INTERIM_CONTROL = Action(
    name="record-interim-control",
    order=30,
    sources=UNSOLVED,
    allowed=OWNERS | ABOVE,
    said=Reasoned,
    effect=_effect,
    is_work=True,
    takes_files=True,
)
