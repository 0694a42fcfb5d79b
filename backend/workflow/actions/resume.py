"""Going on with the work after a wait, by hand or by itself once it took too long."""

from backend.organisation.roles import Role
from backend.workflow.action import Action, Told
from backend.workflow.action_input import ActionInput
from backend.workflow.change import TicketChange
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import ABOVE, OWNERS
from backend.workflow.states import State
from backend.workflow.waiting import WAIT_ENDED, wait_end


def _effect(change: TicketChange, _said: ActionInput) -> None:
    wait_end(change=change, ended_at=change.now)


RESUME = Action(
    name="resume",
    order=60,
    sources=frozenset({State.WAITING}),
    target=State.IN_PROGRESS,
    allowed=OWNERS | ABOVE | {Relation.SYSTEM},
    said=ActionInput,
    effect=_effect,
    records=WAIT_ENDED,
    told=Told(assignee=True, role=Role.OFFICE_HEAD),
)
