"""The rules of one category in words: what is allowed, and who is told when nobody does it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from backend.portal.reach_rows import category_said, span_said, steps_said
from backend.rulebook.ruleset import Category, ClockName, Ruleset
from backend.rulebook.selectors.reaching import CategoryAnswer
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


def told_at_once(*, answer: CategoryAnswer) -> str:
    """Return who hears at once."""
    steps = answer.clocks[ClockName.ACKNOWLEDGE]
    return steps_said(steps[:1], answer.people)[0]
