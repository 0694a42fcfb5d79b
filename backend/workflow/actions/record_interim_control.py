"""Recording an interim control: what was done at once to make the place safe."""

from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.relation_groups import ABOVE, OWNERS, UNSOLVED


def _effect(change: TicketChange, _said: Reasoned) -> None:
    change.ticket.interim_control_at = change.now


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
