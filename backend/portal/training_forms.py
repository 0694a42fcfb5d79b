"""The forms by which a training, lesson or drill is recorded, and made void."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.common.days import plausible
from backend.organisation.models import Person, Unit
from backend.portal.forms import TOO_LONG, CleanLine
from backend.portal.map_forms import DAY
from backend.rulebook.training_rules import TrainingRules
from backend.training.models import (
    LONGEST_CERTIFICATE,
    LONGEST_HOLDER,
    LONGEST_REASON,
    LONGEST_TITLE,
    MOST_IN_CLASS,
    MOST_MINUTES,
    TrainingKind,
)
from backend.training.services.recording import ClassDraft, SessionDraft

HOLDER = {"required": gettext_lazy("Please say who held it."), **TOO_LONG}
MINUTES = {
    "required": gettext_lazy("Please say how many minutes it took."),
    "invalid": gettext_lazy("Please say how many minutes it took."),
}
WHY = {"required": gettext_lazy("Please say why."), **TOO_LONG}


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class of the form: how many belong to it, and how many were present."""

    unit: Unit
    due: BoundField
    present: BoundField


class TrainingForm(forms.Form):
    """A training that was held: when, by whom, and who was there."""

    code = forms.ChoiceField(required=False)
    title = CleanLine(required=False, max_length=LONGEST_TITLE, error_messages=TOO_LONG)
    kind = forms.ChoiceField(choices=TrainingKind.choices)
    held_on = forms.DateField(validators=[plausible], error_messages=DAY)
    minutes = forms.IntegerField(min_value=1, max_value=MOST_MINUTES, error_messages=MINUTES)
    held_by = CleanLine(max_length=LONGEST_HOLDER, error_messages=HOLDER)
    certificate = CleanLine(required=False, max_length=LONGEST_CERTIFICATE, error_messages=TOO_LONG)
    counts_until = forms.DateField(required=False, validators=[plausible], error_messages=DAY)
    people = forms.MultipleChoiceField(required=False)
    token = forms.CharField(required=False, max_length=64)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        rules: TrainingRules,
        people: Sequence[Person],
        classes: Sequence[Unit],
        initial: Mapping[str, Any],
    ) -> None:
        """Offer the trainings of the rules, and the people and classes of whom the reader records."""
        super().__init__(data, initial=dict(initial))
        self.offered, self.units = people, classes
        required = [(rule.code, rule.name) for rule in rules.values()]
        self.fields["code"].choices = [("", _("Something else")), *required]  # type: ignore[attr-defined]
        self.fields["people"].choices = [(str(one.id), one.name) for one in people]  # type: ignore[attr-defined]
        for unit in classes:
            for name, least in (("due", 1), ("present", 0)):
                self.fields[f"{name}-{unit.id}"] = forms.IntegerField(
                    required=False, min_value=least, max_value=MOST_IN_CLASS
                )

    def classes(self) -> list[ClassRow]:
        """Return the classes as the page shows them."""
        return [ClassRow(unit, self[f"due-{unit.id}"], self[f"present-{unit.id}"]) for unit in self.units]

    def clean(self) -> dict[str, Any]:
        """Ask for both numbers of a class, or for none."""
        given = self.cleaned_data
        for unit in self.units:
            due, present = given.get(f"due-{unit.id}"), given.get(f"present-{unit.id}")
            if (due is None) is not (present is None):
                self.add_error(f"present-{unit.id}", _("Please give both numbers."))
        return given

    def draft(self) -> SessionDraft:
        """Return what was filled in."""
        given = self.cleaned_data
        classes = [
            ClassDraft(unit.id, given[f"due-{unit.id}"], given[f"present-{unit.id}"])
            for unit in self.units
            if given[f"due-{unit.id}"] is not None
        ]
        names = ("code", "title", "kind", "held_on", "minutes", "held_by", "certificate", "counts_until")
        return SessionDraft(
            people=[UUID(one) for one in given["people"]], classes=classes, **{name: given[name] for name in names}
        )


class VoidForm(forms.Form):
    """The reason for which an entry is void."""

    reason = CleanLine(max_length=LONGEST_REASON, error_messages=WHY)
