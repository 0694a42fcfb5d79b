"""Withdrawing an offer that nobody has answered: the office keeps the ticket after all."""

from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.action_input import ActionInput
from backend.workflow.change import TicketChange
from backend.workflow.facts import has_open
from backend.workflow.models import PartOutcome
from backend.workflow.parts import PART_ENDED, part_end, part_named
from backend.workflow.relation_groups import ANSWERED, HEADS, OFFICE


def _effect(change: TicketChange, said: ActionInput) -> None:
    part = part_named(change=change, part_id=None, kind=ClockName.OFFER, pointer="")
    part_end(change=change, part=part, outcome=PartOutcome.WITHDRAWN, answer=said.note)


WITHDRAW_OFFER = Action(
    name="withdraw-offer",
    order=117,
    sources=ANSWERED,
    allowed=OFFICE | HEADS,
    facts=(has_open(ClockName.OFFER),),
    said=ActionInput,
    effect=_effect,
    records=PART_ENDED,
    in_bulk=False,
    passes_on=True,
)
