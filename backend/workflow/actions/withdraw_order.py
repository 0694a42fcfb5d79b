"""Withdrawing a supervision order: whoever gave it, or stands above them, asks for no answer any more and says why."""

from dataclasses import dataclass
from uuid import UUID

from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, open_part
from backend.workflow.change import TicketChange
from backend.workflow.errors import ActionNotAllowed
from backend.workflow.facts import has_open
from backend.workflow.models import PartOutcome
from backend.workflow.parts import PART_ENDED, part_end, part_named
from backend.workflow.policy import Relation
from backend.workflow.standing import may_withdraw
from backend.workflow.states import OVER, State


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawOrderInput(Reasoned):
    """The reason, and which order."""

    order: UUID | None = open_part(kind=ClockName.ORDER)


def _effect(change: TicketChange, said: WithdrawOrderInput) -> None:
    part = part_named(change=change, part_id=said.order, kind=ClockName.ORDER, pointer="/order")
    if not may_withdraw(actor=change.actor, part=part):
        raise ActionNotAllowed
    part_end(change=change, part=part, outcome=PartOutcome.WITHDRAWN, answer=said.note)


WITHDRAW_ORDER = Action(
    name="withdraw-order",
    order=205,
    sources=frozenset(State) - OVER,
    allowed=frozenset({Relation.ABOVE_ORDER}),
    facts=(has_open(ClockName.ORDER),),
    said=WithdrawOrderInput,
    effect=_effect,
    records=PART_ENDED,
    told=Told(assignee=True, role=Role.OFFICE_HEAD),
    in_bulk=False,
)
