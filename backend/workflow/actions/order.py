"""A supervision order: somebody above demands an answer of whoever has the ticket in hand, by a date."""

from dataclasses import dataclass
from datetime import datetime

from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, moment
from backend.workflow.change import TicketChange
from backend.workflow.facts import ROOM_FOR_PARTS
from backend.workflow.models import TicketPart
from backend.workflow.parts import PART_ASKED, part_ask
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import UNSOLVED


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderInput(Reasoned):
    """The demand, and the date by which it is to be answered."""

    due_at: datetime | None = moment()


def _effect(change: TicketChange, said: OrderInput) -> None:
    part = TicketPart(
        ticket=change.ticket,
        kind=ClockName.ORDER,
        asked_by_id=change.actor.person_id,
        asked_at=change.now,
        words=said.note,
    )
    part_ask(change=change, part=part, until=said.due_at)


ORDER = Action(
    name="order",
    order=200,
    sources=UNSOLVED,
    allowed=frozenset({Relation.COORDINATOR, Relation.LEADER, Relation.BUREAU}),
    facts=(ROOM_FOR_PARTS,),
    said=OrderInput,
    effect=_effect,
    records=PART_ASKED,
    told=Told(assignee=True, role=Role.OFFICE_HEAD),
)
