"""Answering a question: its reporter does, or whoever works on the ticket writes down what somebody outside said."""

from dataclasses import dataclass
from uuid import UUID

from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned, open_part
from backend.workflow.change import TicketChange
from backend.workflow.errors import ActionNotAllowed
from backend.workflow.facts import has_open
from backend.workflow.models import PartOutcome
from backend.workflow.parts import PART_ENDED, part_end, part_named
from backend.workflow.policy import Relation, relations_of
from backend.workflow.questions import outside_of
from backend.workflow.relation_groups import NOT_OVER, OWNERS


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestionInput(Reasoned):
    """The answer, and to which question."""

    question: UUID | None = open_part(kind=ClockName.QUESTION)


def _effect(change: TicketChange, said: AnswerQuestionInput) -> None:
    part = part_named(change=change, part_id=said.question, kind=ClockName.QUESTION, pointer="/question")
    works_on_it = not OWNERS.isdisjoint(relations_of(actor=change.actor, ticket=change.ticket))
    if not works_on_it and outside_of(part) is not None:
        raise ActionNotAllowed
    part_end(change=change, part=part, outcome=PartOutcome.DONE, answer=said.note)
    if change.actor.person_id == change.ticket.reporter_id:
        # Whoever reported it is named by the policy, and by no other row.
        part.ended_by_id = None


ANSWER_QUESTION = Action(
    name="answer-question",
    order=36,
    sources=NOT_OVER,
    allowed=OWNERS | {Relation.QUESTIONED},
    facts=(has_open(ClockName.QUESTION),),
    said=AnswerQuestionInput,
    effect=_effect,
    records=PART_ENDED,
    in_bulk=False,
)
