"""Reviewing the cause: why it could happen, what was put right, what keeps it from happening again, and the lesson."""

from dataclasses import dataclass

from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, kept_choice, text
from backend.workflow.change import TicketChange
from backend.workflow.facts import has_open
from backend.workflow.models import LONGEST_LESSON, Cause, CauseReview, PartOutcome, Ticket
from backend.workflow.parts import PART_ENDED, part_end, part_named
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import OWNERS
from backend.workflow.states import State


def _always(_ticket: Ticket) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCauseInput(Reasoned):
    """The class of the cause, both actions, a lesson without names where there is one, and why it could happen."""

    cause: Cause | None = kept_choice(Cause, when=_always)
    corrective: str = text(required=True)
    preventive: str = text(required=True)
    lesson: str = text(longest=LONGEST_LESSON)


def _effect(change: TicketChange, said: ReviewCauseInput) -> None:
    part = part_named(change=change, part_id=None, kind=ClockName.REVIEW, pointer="/note")
    part_end(change=change, part=part, outcome=PartOutcome.DONE)
    change.keeps(
        CauseReview(
            ticket=change.ticket,
            cause=said.cause or "",
            why=said.note,
            corrective=said.corrective,
            preventive=said.preventive,
            lesson=said.lesson,
            reviewed_by_id=change.actor.person_id,
            reviewed_at=change.now,
        )
    )


REVIEW_CAUSE = Action(
    name="review-cause",
    order=95,
    sources=frozenset(State),
    allowed=OWNERS | {Relation.COORDINATOR, Relation.LEADER},
    facts=(has_open(ClockName.REVIEW),),
    said=ReviewCauseInput,
    effect=_effect,
    records=PART_ENDED,
    told=Told(role=Role.PRINCIPAL, sealed_role=Role.PROTECTION_LEAD, not_the_actor=True),
    in_bulk=False,
)
