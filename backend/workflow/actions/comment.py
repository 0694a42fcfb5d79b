"""Commenting: whoever sees the ticket adds words to it; nothing else changes."""

from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned
from backend.workflow.relation_groups import EVERYBODY
from backend.workflow.states import State

COMMENT = Action(
    name="comment",
    order=190,
    sources=frozenset(State),
    allowed=EVERYBODY,
    said=Reasoned,
    told=Told(reporter=True, assignee=True),
    checks_version=False,
    remark_only=True,
)
