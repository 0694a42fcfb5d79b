"""A recommendation: somebody above proposes what should be better from now on, to be answered by a date."""

from dataclasses import dataclass
from datetime import datetime

from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, chosen, moment
from backend.workflow.change import TicketChange
from backend.workflow.facts import ROOM_FOR_PARTS
from backend.workflow.models import Recommendation, RecommendationAim, TicketPart
from backend.workflow.parts import PART_ASKED, part_ask
from backend.workflow.policy import Relation
from backend.workflow.recipients import Audience
from backend.workflow.relation_groups import UNSOLVED


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendInput(Reasoned):
    """The recommendation, what it aims at, and the date by which it is to be answered."""

    aim: RecommendationAim = chosen(RecommendationAim)
    due_at: datetime | None = moment()


def _effect(change: TicketChange, said: RecommendInput) -> None:
    """Ask whoever has it in hand; of a rule or of means the principal hears at once, who answers for both."""
    part = TicketPart(
        ticket=change.ticket,
        kind=ClockName.RECOMMENDATION,
        asked_by_id=change.actor.person_id,
        asked_at=change.now,
        words=said.note,
    )
    part_ask(change=change, part=part, until=said.due_at)
    change.keeps(Recommendation(part=part, aim=said.aim))
    if said.aim == RecommendationAim.RULE:
        change.tells(Audience(tickets=[change.ticket], now=change.now).in_role(change.ticket, Role.PRINCIPAL).people)


RECOMMEND = Action(
    name="recommend",
    order=206,
    sources=UNSOLVED,
    allowed=frozenset({Relation.COORDINATOR, Relation.LEADER, Relation.BUREAU}),
    facts=(ROOM_FOR_PARTS,),
    said=RecommendInput,
    effect=_effect,
    records=PART_ASKED,
    told=Told(assignee=True, role=Role.OFFICE_HEAD),
    in_bulk=False,
)
