"""Adopting: a leader takes a stuck or grave case to heart beside its office, and names when they look at it next."""

from dataclasses import dataclass
from datetime import datetime

from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, moment
from backend.workflow.change import TicketChange
from backend.workflow.facts import NOT_ADOPTED, ROOM_FOR_PARTS
from backend.workflow.models import TicketPart
from backend.workflow.parts import PART_ASKED, part_ask
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import HANDED


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptInput(Reasoned):
    """The help that the leader gives, and the date by which they see to it."""

    done_by: datetime | None = moment(required=True)


def _effect(change: TicketChange, said: AdoptInput) -> None:
    adoption = TicketPart(
        ticket=change.ticket,
        kind=ClockName.ADOPTION,
        person_id=change.actor.person_id,
        asked_by_id=change.actor.person_id,
        asked_at=change.now,
        words=said.note,
    )
    part_ask(change=change, part=adoption, until=said.done_by, pointer="/done_by")


ADOPT = Action(
    name="adopt",
    order=195,
    sources=HANDED,
    allowed=frozenset({Relation.LEADER}),
    facts=(NOT_ADOPTED, ROOM_FOR_PARTS),
    said=AdoptInput,
    effect=_effect,
    records=PART_ASKED,
    told=Told(assignee=True, role=Role.OFFICE_HEAD),
)
