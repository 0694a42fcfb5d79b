"""Naming the next step: what the owner does next and by when; until then nobody expects a word of them."""

from dataclasses import dataclass
from datetime import datetime

from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, moment
from backend.workflow.change import TicketChange
from backend.workflow.facts import NO_STEP, ROOM_FOR_PARTS
from backend.workflow.models import TicketPart
from backend.workflow.parts import PART_ASKED, part_ask
from backend.workflow.relation_groups import OWNERS
from backend.workflow.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStepInput(Reasoned):
    """The step, and the date by which it is done."""

    done_by: datetime | None = moment(required=True)


def _effect(change: TicketChange, said: NextStepInput) -> None:
    step = TicketPart(
        ticket=change.ticket,
        kind=ClockName.STEP,
        asked_by_id=change.actor.person_id,
        asked_at=change.now,
        words=said.note,
    )
    part_ask(change=change, part=step, until=said.done_by, pointer="/done_by")


NEXT_STEP = Action(
    name="next-step",
    order=105,
    sources=frozenset({State.ACKNOWLEDGED, State.IN_PROGRESS, State.WAITING}),
    allowed=OWNERS,
    facts=(NO_STEP, ROOM_FOR_PARTS),
    said=NextStepInput,
    effect=_effect,
    records=PART_ASKED,
    told=Told(assignee=True),
)
