"""Publishing a lesson: somebody at the top sees that it names nobody, and from then on all colleagues read it."""

from dataclasses import dataclass

from backend.workflow.action import Action
from backend.workflow.action_input import ActionInput, flag, text
from backend.workflow.change import TicketChange
from backend.workflow.facts import FOUND_BY_ANOTHER, LESSON_WAITS
from backend.workflow.models import LONGEST_LESSON, CauseReview
from backend.workflow.policy import Relation
from backend.workflow.results import names_check
from backend.workflow.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishLessonInput(ActionInput):
    """The lesson in other words; left out, it is published as it was proposed.

    Words that seem to name somebody are taken on purpose only, as in a result.
    """

    published_as: str = text(longest=LONGEST_LESSON)
    although_named: bool = flag()


def _effect(change: TicketChange, said: PublishLessonInput) -> None:
    review = CauseReview.objects.get(ticket=change.ticket)
    review.lesson = said.published_as or review.lesson
    if not said.although_named:
        names_check(words=review.lesson, school_id=change.ticket.school_id, pointer="/published_as")
    review.approved_by_id, review.approved_at = change.actor.person_id, change.now
    change.keeps(review)
    change.tells([review.reviewed_by_id])


PUBLISH_LESSON = Action(
    name="publish-lesson",
    order=96,
    sources=frozenset({State.CLOSED}),
    allowed=frozenset({Relation.DECIDER, Relation.CASE_LEAD}),
    facts=(LESSON_WAITS, FOUND_BY_ANOTHER),
    said=PublishLessonInput,
    effect=_effect,
    in_bulk=False,
)
