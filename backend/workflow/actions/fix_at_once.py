"""Fixing on the spot: a hazard that takes no more than a hand is solved in one step, recorded like any other fix."""

from backend.organisation.roles import Role
from backend.workflow.action import Action, Told
from backend.workflow.actions.resolve import ResolveInput, solve
from backend.workflow.facts import FIXABLE_AT_ONCE, SUBTASKS_SETTLED
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import OWNERS
from backend.workflow.states import State

FIX_AT_ONCE = Action(
    name="fix-at-once",
    order=15,
    sources=frozenset({State.ROUTED, State.ACKNOWLEDGED}),
    target=State.RESOLVED,
    allowed=OWNERS | {Relation.REPORTER},
    facts=(FIXABLE_AT_ONCE, SUBTASKS_SETTLED),
    said=ResolveInput,
    effect=solve,
    told=Told(reporter=True, assignee=True, role=Role.COORDINATOR, sealed_role=Role.PRINCIPAL),
    is_work=True,
    takes_files=True,
)
