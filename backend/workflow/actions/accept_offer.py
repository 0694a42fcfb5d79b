"""Accepting a ticket that is offered: the office owns it from then on, and its clocks go on as they are."""

from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.action_input import ActionInput
from backend.workflow.change import TicketChange
from backend.workflow.facts import has_open
from backend.workflow.handing import GIVEN, office_takes
from backend.workflow.ledger import Sensitivity
from backend.workflow.models import PartOutcome
from backend.workflow.parts import PART_ENDED, part_end, part_named
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import ANSWERED


def _effect(change: TicketChange, said: ActionInput) -> None:
    part = part_named(change=change, part_id=None, kind=ClockName.OFFER, pointer="")
    part_end(change=change, part=part, outcome=PartOutcome.DONE, answer=said.note)
    if part.office is not None:
        change.says(office=str(part.office.id))
        office_takes(change=change, office=part.office)


ACCEPT_OFFER = Action(
    name="accept-offer",
    order=5,
    sources=ANSWERED,
    allowed=frozenset({Relation.OFFERED}),
    facts=(has_open(ClockName.OFFER),),
    said=ActionInput,
    effect=_effect,
    records={**PART_ENDED, **GIVEN, "office": Sensitivity.PLAIN},
)
