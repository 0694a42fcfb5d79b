"""Offering a ticket to another office, with a reason; until that office accepts, the present one answers for it."""

from dataclasses import dataclass
from uuid import UUID

from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned, office
from backend.workflow.change import TicketChange
from backend.workflow.facts import MAY_BE_OFFERED, NO_OFFER_OPEN, ORDINARY_CLASS, ROOM_FOR_PARTS
from backend.workflow.handing import heads_of, office_chosen
from backend.workflow.models import TicketPart
from backend.workflow.parts import PART_ASKED, part_ask
from backend.workflow.relation_groups import HANDED, OFFICE


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferInput(Reasoned):
    """The office that is to take it, and why."""

    office_id: UUID | None = office(name="office", required=True)


def _effect(change: TicketChange, said: OfferInput) -> None:
    chosen = office_chosen(ticket=change.ticket, office_id=said.office_id, now=change.now)
    part = TicketPart(
        ticket=change.ticket,
        kind=ClockName.OFFER,
        office=chosen,
        asked_by_id=change.actor.person_id,
        asked_at=change.now,
        words=said.note,
    )
    part_ask(change=change, part=part, until=None)
    change.tells(heads_of(change=change, office=chosen))


OFFER = Action(
    name="offer",
    order=118,
    sources=HANDED,
    allowed=OFFICE,
    facts=(ORDINARY_CLASS, NO_OFFER_OPEN, MAY_BE_OFFERED, ROOM_FOR_PARTS),
    said=OfferInput,
    effect=_effect,
    records=PART_ASKED,
    in_bulk=False,
    passes_on=True,
)
