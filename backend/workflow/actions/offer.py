"""Offering a ticket to another office, with a reason; until that office accepts, the present one answers for it."""

from dataclasses import dataclass
from uuid import UUID

from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned, office
from backend.workflow.change import TicketChange
from backend.workflow.handing import OFFERABLE, office_chosen, office_offer
from backend.workflow.parts import PART_ASKED
from backend.workflow.relation_groups import HANDED, OFFICE


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferInput(Reasoned):
    """The office that is to take it, and why."""

    office_id: UUID | None = office(name="office", required=True)


def _effect(change: TicketChange, said: OfferInput) -> None:
    chosen = office_chosen(ticket=change.ticket, office_id=said.office_id, now=change.now)
    change.tells(office_offer(change=change, office=chosen, words=said.note))


OFFER = Action(
    name="offer",
    order=118,
    sources=HANDED,
    allowed=OFFICE,
    facts=OFFERABLE,
    said=OfferInput,
    effect=_effect,
    records=PART_ASKED,
    in_bulk=False,
    passes_on=True,
)
