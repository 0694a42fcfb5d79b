"""Groups of relations and states that several actions share. Pure."""

from backend.workflow.policy import Relation
from backend.workflow.states import State

OWNERS = frozenset({Relation.HANDLER, Relation.OFFICE_HEAD, Relation.ASSIGNEE, Relation.CASE_LEAD})
OFFICE = frozenset({Relation.HANDLER, Relation.OFFICE_HEAD, Relation.ASSIGNEE})
"""Those of the office that owns a ticket."""
ABOVE = frozenset({Relation.COORDINATOR, Relation.DUTY_LEADER, Relation.LEADER})
VERIFIERS = frozenset({Relation.COORDINATOR, Relation.LEADER, Relation.REPORTER})
EVERYBODY = frozenset(Relation) - {Relation.SYSTEM}
CORRECTORS = frozenset({Relation.HANDLER, Relation.OFFICE_HEAD, Relation.CASE_LEAD}) | ABOVE
LOWERERS = frozenset({Relation.OFFICE_HEAD, Relation.CASE_LEAD, Relation.DUTY_LEADER, Relation.LEADER})
"""Those who may make a ticket less urgent; the other correctors only more so."""
DECLINERS = frozenset({Relation.COORDINATOR, Relation.LEADER, Relation.CASE_LEAD})
HEADS = frozenset({Relation.OFFICE_HEAD, Relation.CASE_LEAD, Relation.COORDINATOR, Relation.LEADER})
"""Those who decide over the work of an office: who takes it on, and whether it may wait."""

UNSEEN = frozenset({State.RECEIVED, State.ROUTED})
"""Until somebody acknowledges it, a report is still its reporter's to change."""
OPEN = UNSEEN | {State.ACKNOWLEDGED, State.IN_PROGRESS}
UNSOLVED = OPEN | {State.WAITING}
NOT_OVER = UNSOLVED | {State.RESOLVED}
NOT_MERGED = frozenset(State) - {State.MERGED}
"""A merged ticket is classed together with the one it was merged into."""
HANDED = UNSOLVED - {State.RECEIVED}
"""Before it is routed no office has a ticket that it could hand to another."""
ANSWERED = HANDED | {State.RESOLVED}
"""An offer that is open can be answered also once the ticket is solved."""
