"""The rules of one category in words: what is allowed, and who is told when nobody does it. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from backend.common.lists_in_words import listed_in_words
from backend.portal.reach_rows import category_said, span_said, steps_said
from backend.rulebook.proofs import Proof
from backend.rulebook.ruleset import Category, ClockName, Ruleset
from backend.rulebook.selectors.reaching import CategoryAnswer
from backend.rulebook.short_questions import Choice
from backend.rulebook.words import CLOCK_NAMES


class RuleForm(forms.Form):
    """A category, and the time of day at which a report comes."""

    category = forms.ChoiceField()
    at = forms.TimeField()

    def __init__(self, *args: Any, categories: Iterable[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [(row.code, category_said(row)) for row in categories]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class ClockSaid:
    """One step that has to happen in time, and who is told while it does not."""

    name: Promise
    within: str
    told: tuple[str, ...]


def clocks_said(*, answer: CategoryAnswer, ruleset: Ruleset) -> list[ClockSaid]:
    """Return each clock of the answer in words, in the order in which the steps come."""
    rules = ruleset.clocks_of(category=answer.category.code, severity=answer.category.severity)
    return [
        ClockSaid(
            CLOCK_NAMES[name],
            _("within %(time)s") % {"time": span_said(rules[name].within)},
            steps_said(steps[1:], answer.people),
        )
        for name, steps in answer.clocks.items()
        if name is not ClockName.WAIT
    ]


@dataclass(frozen=True, slots=True)
class QuestionSaid:
    """A short question that whoever reports is asked, and what its answers change."""

    words: str
    changes: tuple[str, ...]


def questions_said(*, category: Category, offices: Mapping[str, str]) -> list[QuestionSaid]:
    """Return the questions of a category with the answers that change something; `offices` are names by codes."""
    return [
        QuestionSaid(question.label, tuple(_changes_said(question.choices, offices))) for question in category.questions
    ]


def _changes_said(choices: Iterable[Choice], offices: Mapping[str, str]) -> Iterator[str]:
    for choice in choices:
        words = {"answer": choice.label, "office": offices.get(choice.lead, choice.lead)}
        if choice.severity:
            yield _("%(answer)s: raised to “%(severity)s”") % {**words, "severity": choice.severity.label}
        if choice.lead:
            yield _("%(answer)s: %(office)s answers") % words


def proof_said(*, proof: Iterable[Proof]) -> str:
    """Return what resolving a problem takes; empty where it takes nothing."""
    kinds = listed_in_words(str(kind.label) for kind in proof)
    return _("To count as solved it needs: %(proof)s.") % {"proof": kinds} if kinds else ""


def told_at_once(*, answer: CategoryAnswer) -> str:
    """Return who hears at once."""
    steps = answer.clocks[ClockName.ACKNOWLEDGE]
    return steps_said(steps[:1], answer.people)[0]
