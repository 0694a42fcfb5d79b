"""Following up an adopted case: the leader says what they did, and by when they see to it next, if they have to."""

from dataclasses import dataclass
from datetime import datetime

from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, moment
from backend.workflow.change import TicketChange
from backend.workflow.facts import has_open
from backend.workflow.models import PartOutcome
from backend.workflow.parts import PART_ASKED, part_end, part_move, part_named
from backend.workflow.policy import Relation
from backend.workflow.states import OVER, State


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowAdoptionInput(Reasoned):
    """The leader's words, and the next date; without one the adoption is over."""

    next_by: datetime | None = moment()


def _effect(change: TicketChange, said: FollowAdoptionInput) -> None:
    adoption = part_named(change=change, part_id=None, kind=ClockName.ADOPTION, pointer="/note")
    if said.next_by is None:
        part_end(change=change, part=adoption, outcome=PartOutcome.DONE, answer=said.note)
    else:
        part_move(change=change, part=adoption, until=said.next_by, pointer="/next_by")


FOLLOW_ADOPTION = Action(
    name="follow-adoption",
    order=196,
    sources=frozenset(State) - OVER,
    allowed=frozenset({Relation.LEADER}),
    facts=(has_open(ClockName.ADOPTION),),
    said=FollowAdoptionInput,
    effect=_effect,
    records=PART_ASKED,
    told=Told(assignee=True, role=Role.OFFICE_HEAD),
    in_bulk=False,
)
