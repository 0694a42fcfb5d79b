"""Lifting what binds a ticket to an office: after two returns or a decision, offices may offer it to others again."""

from backend.organisation.roles import Role
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.facts import HANDOVER_BOUND, ORDINARY_CLASS
from backend.workflow.models import PartOutcome
from backend.workflow.parts import PART_ENDED, part_decided
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import HANDED


def _effect(change: TicketChange, said: Reasoned) -> None:
    part_decided(change=change, office=None, words=said.note, outcome=PartOutcome.LIFTED)


LIFT_DECISION = Action(
    name="lift-decision",
    order=114,
    sources=HANDED,
    allowed=frozenset({Relation.COORDINATOR, Relation.LEADER}),
    facts=(ORDINARY_CLASS, HANDOVER_BOUND),
    said=Reasoned,
    effect=_effect,
    records=PART_ENDED,
    told=Told(assignee=True, role=Role.OFFICE_HEAD),
    in_bulk=False,
)
