"""Starting work; an urgent or important hazard is made safe first."""

from backend.workflow.action import Action
from backend.workflow.action_input import ActionInput
from backend.workflow.facts import MADE_SAFE
from backend.workflow.relation_groups import OWNERS
from backend.workflow.states import State

START = Action(
    name="start",
    order=40,
    sources=frozenset({State.ACKNOWLEDGED}),
    target=State.IN_PROGRESS,
    allowed=OWNERS,
    facts=(MADE_SAFE,),
    said=ActionInput,
    is_work=True,
)
