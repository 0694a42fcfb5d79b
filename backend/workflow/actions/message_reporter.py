"""Writing to a reporter who gave no name: they read it with their tracking code, and answer there."""

from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned
from backend.workflow.facts import REPORTED_WITHOUT_A_NAME
from backend.workflow.relation_groups import OWNERS
from backend.workflow.states import State

MESSAGE_REPORTER = Action(
    name="message-reporter",
    order=188,
    sources=frozenset(State),
    allowed=OWNERS,
    facts=(REPORTED_WITHOUT_A_NAME,),
    said=Reasoned,
    checks_version=False,
    remark_only=True,
    in_bulk=False,
)
