"""The actions open to somebody as forms: what each is called, what it asks for, and in which words. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from backend.portal.action_words import ACTION_WORDS, HINTS, INTRODUCTIONS, LABELS
from backend.workflow.action import Action
from backend.workflow.action_input import FieldSpec, field_specs
from backend.workflow.actions import actions_available
from backend.workflow.facts import Situation
from backend.workflow.policy import Relation


@dataclass(frozen=True, slots=True)
class StepField:
    """One field of a form: how it is declared, and the words beside it."""

    spec: FieldSpec
    label: str | Promise
    hint: str | Promise


@dataclass(frozen=True, slots=True)
class StepForm:
    """One action as a form: one tap where it asks for nothing."""

    action: str
    label: str | Promise
    icon: str
    introduction: str | Promise
    fields: Sequence[StepField]
    is_one_tap: bool

    def asks_for(self, name: str) -> bool:
        """Say whether the form has a field of this name."""
        return any(field.spec.name == name for field in self.fields)


def steps_open(
    *, situation: Situation, relations: Collection[Relation], as_reporter: bool = False
) -> tuple[StepForm, ...]:
    """Return the forms of the actions open to somebody, in the order in which they are offered."""
    found = actions_available(situation=situation, relations=relations)
    return tuple(_form(action, as_reporter=as_reporter) for action in found)


def _form(action: Action[Any], *, as_reporter: bool) -> StepForm:
    words = ACTION_WORDS[action.name]
    return StepForm(
        action=action.name,
        label=(as_reporter and words.for_reporter) or words.label,
        icon=words.icon,
        introduction=INTRODUCTIONS.get(action.name, ""),
        fields=[
            StepField(spec, LABELS.get(spec.name, words.question), HINTS.get(spec.name, ""))
            for spec in field_specs(action.said)
        ],
        is_one_tap=not words.question,
    )
