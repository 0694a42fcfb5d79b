"""Containing: an urgent danger can neither spread nor hurt anybody any more; the work goes on."""

from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.facts import URGENT_UNCONTAINED
from backend.workflow.relation_groups import ABOVE, OPEN, OWNERS


def _effect(change: TicketChange, _said: Reasoned) -> None:
    change.ticket.contained_at = change.now


CONTAIN = Action(
    name="contain",
    order=120,
    sources=OPEN,
    allowed=OWNERS | ABOVE,
    facts=(URGENT_UNCONTAINED,),
    said=Reasoned,
    effect=_effect,
    is_work=True,
    takes_files=True,
)
