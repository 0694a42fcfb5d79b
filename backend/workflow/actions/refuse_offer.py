"""Refusing a ticket that is offered, with a reason; it stays where it is, and the second refusal is the last."""

from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.facts import has_open
from backend.workflow.models import PartOutcome
from backend.workflow.parts import PART_ENDED, part_end, part_named
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import ANSWERED


def _effect(change: TicketChange, said: Reasoned) -> None:
    part = part_named(change=change, part_id=None, kind=ClockName.OFFER, pointer="")
    part_end(change=change, part=part, outcome=PartOutcome.REFUSED, answer=said.note)


REFUSE_OFFER = Action(
    name="refuse-offer",
    order=6,
    sources=ANSWERED,
    allowed=frozenset({Relation.OFFERED}),
    facts=(has_open(ClockName.OFFER),),
    said=Reasoned,
    effect=_effect,
    records=PART_ENDED,
)
