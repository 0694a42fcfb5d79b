"""The effect of answers to the questions of a category: how urgent the ticket is, and which office answers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.common.errors import pointer_part
from backend.rulebook.ruleset import Category, Severity
from backend.rulebook.short_questions import Answered, answered
from backend.workflow.errors import UnknownAnswer, UnknownQuestion


@dataclass(frozen=True, slots=True)
class Outcome:
    """The severity after all answers, with the answer that raised it, and the answer that names another office."""

    severity: Severity
    raised_by: Answered | None
    led_by: Answered | None


def outcome_of(*, category: Category, answers: Mapping[str, str]) -> Outcome:
    """Return what some answers change: the most urgent severity counts, and the first office in the rulebook's order.

    Raises UnknownQuestion or UnknownAnswer where one is not in the rulebook.
    """
    given = answered(questions=category.questions, answers=answers)
    _check(category, answers, given)
    raising = [each for each in given if each.choice.severity]
    raised_by = min(raising, key=lambda each: str(each.choice.severity), default=None)
    raised = raised_by.choice.severity if raised_by else None
    led_by = next((each for each in given if each.choice.lead), None)
    return Outcome(raised or category.severity, raised_by, led_by)


def _check(category: Category, answers: Mapping[str, str], given: list[Answered]) -> None:
    known = {question.key for question in category.questions}
    taken = {each.question.key for each in given}
    for key in answers:
        if key not in known:
            raise UnknownQuestion(pointer=f"/answers/{pointer_part(key)}")
        if key not in taken:
            raise UnknownAnswer(pointer=f"/answers/{pointer_part(key)}")
