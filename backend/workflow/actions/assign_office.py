"""Deciding whose a ticket is: the office that is named has it at once, and cannot offer it to another."""

from dataclasses import dataclass
from uuid import UUID

from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned, office
from backend.workflow.change import TicketChange
from backend.workflow.facts import ORDINARY_CLASS
from backend.workflow.handing import GIVEN, offers_end, office_chosen, office_takes
from backend.workflow.parts import PART_ENDED, part_decided
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import HANDED


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignOfficeInput(Reasoned):
    """The office that has it from now on, and why."""

    office_id: UUID | None = office(name="office", required=True)


def _effect(change: TicketChange, said: AssignOfficeInput) -> None:
    """Give it to the office; an offer that is open is over with that."""
    chosen = office_chosen(ticket=change.ticket, office_id=said.office_id, now=change.now)
    change.tells(offer.asked_by_id for offer in offers_end(change=change) if offer.asked_by_id)
    part_decided(change=change, office=chosen, words=said.note)
    office_takes(change=change, office=chosen)


ASSIGN_OFFICE = Action(
    name="assign-office",
    order=119,
    sources=HANDED,
    allowed=frozenset({Relation.COORDINATOR, Relation.LEADER}),
    facts=(ORDINARY_CLASS,),
    said=AssignOfficeInput,
    effect=_effect,
    records={**PART_ENDED, **GIVEN},
    in_bulk=False,
)
