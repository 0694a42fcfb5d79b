"""Writing to a reporter who gave no name: they read it with their tracking code, and answer there."""

from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned
from backend.workflow.relation_groups import OWNERS
from backend.workflow.states import State
from backend.workflow.unnamed import HAS_TRACKING_CODE

MESSAGE_REPORTER = Action(
    name="message-reporter",
    order=188,
    sources=frozenset(State),
    allowed=OWNERS,
    facts=(HAS_TRACKING_CODE,),
    said=Reasoned,
    checks_version=False,
    remark_only=True,
    in_bulk=False,
)
