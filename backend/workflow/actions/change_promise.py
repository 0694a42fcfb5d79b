"""Changing a promised date: somebody one step higher than whoever named it last does so, with a reason; each counts."""

from dataclasses import dataclass
from datetime import datetime

from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, moment
from backend.workflow.change import TicketChange
from backend.workflow.facts import has_open
from backend.workflow.parts import PART_ASKED, part_move, part_named
from backend.workflow.policy import Relation
from backend.workflow.promises import PROMISE_CHANGES, date_name
from backend.workflow.relation_groups import UNSOLVED


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePromiseInput(Reasoned):
    """The new date, and the reason, which the reporter reads."""

    promised_for: datetime | None = moment(required=True)


def _effect(change: TicketChange, said: ChangePromiseInput) -> None:
    promise = part_named(change=change, part_id=None, kind=ClockName.PROMISE, pointer="/promised_for")
    if said.promised_for is not None:
        part_move(change=change, part=promise, until=said.promised_for, pointer="/promised_for")
    date_name(change=change, promise=promise, due_at=promise.due_at, reason=said.note)


CHANGE_PROMISE = Action(
    name="change-promise",
    order=113,
    sources=UNSOLVED,
    allowed=frozenset({Relation.ABOVE_PROMISE}),
    facts=(has_open(ClockName.PROMISE),),
    said=ChangePromiseInput,
    effect=_effect,
    records={**PART_ASKED, **PROMISE_CHANGES},
    told=Told(reporter=True, assignee=True, role=Role.OFFICE_HEAD),
)
