"""Promising: the reporter is told by which date it will be solved, and why not sooner."""

from dataclasses import dataclass
from datetime import datetime

from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, moment
from backend.workflow.change import TicketChange
from backend.workflow.facts import NO_PROMISE, ROOM_FOR_PARTS
from backend.workflow.models import TicketPart
from backend.workflow.parts import PART_ASKED, part_ask
from backend.workflow.promises import PROMISE_CHANGES, PROMISERS, date_name
from backend.workflow.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseInput(Reasoned):
    """The date, and the reason, which the reporter reads."""

    promised_for: datetime | None = moment(required=True)


def _effect(change: TicketChange, said: PromiseInput) -> None:
    promise = TicketPart(
        ticket=change.ticket,
        kind=ClockName.PROMISE,
        asked_by_id=change.actor.person_id,
        asked_at=change.now,
        words=said.note,
    )
    part_ask(change=change, part=promise, until=said.promised_for, pointer="/promised_for")
    date_name(change=change, promise=promise, due_at=promise.due_at, reason=said.note)


PROMISE = Action(
    name="promise",
    order=112,
    sources=frozenset({State.ACKNOWLEDGED, State.IN_PROGRESS, State.WAITING}),
    allowed=PROMISERS,
    facts=(NO_PROMISE, ROOM_FOR_PARTS),
    said=PromiseInput,
    effect=_effect,
    records={**PART_ASKED, **PROMISE_CHANGES},
    told=Told(reporter=True, assignee=True, role=Role.OFFICE_HEAD),
)
