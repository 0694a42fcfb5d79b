"""The form by which the steps of a response plan are written otherwise: one row for each, and some for new ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.common.errors import DomainError
from backend.organisation.roles import Role
from backend.portal.forms import TOO_LONG, CleanLine
from backend.portal.problems import add_refusal
from backend.response.draft_shapes import ROLES
from backend.rulebook.response_checks import LONGEST_EN, LONGEST_ZH, MOST_STEPS
from backend.rulebook.response_edits import LATEST, StepDraft
from backend.rulebook.response_rules import ResponseStep
from backend.rulebook.ruleset import LEAD_GRADE

NEW_ROWS = 3
POINTS = 3
ROLE, OFFICE, CLASSES = "role:", "office:", "classes"
OPEN = ("", _("Whoever is there first"))
NUMBER = {
    name: _("Please give the minute by which it is done, within seven days.")
    for name in ("invalid", "min_value", "max_value")
}


@dataclass(frozen=True, slots=True)
class StepRow:
    """The fields of one step on the page."""

    number: int
    order: Any
    minutes: Any
    asked: Any
    do_zh: Any
    do_en: Any

    @property
    def fields(self) -> tuple[Any, ...]:
        """All of them, for what is wrong with one."""
        return (self.order, self.minutes, self.asked, self.do_zh, self.do_en)


class StepsForm(forms.Form):
    """Every step of a plan with its place in the order; a row without words is left out."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        steps: Sequence[ResponseStep],
        offices: Sequence[tuple[str, str]],
    ) -> None:
        """Start from the steps as they stand; `offices` are those of the school, by code and name."""
        self.keys = [step.key for step in steps]
        super().__init__(data, initial=_initial(steps))
        self.rows = min(len(steps) + NEW_ROWS, MOST_STEPS)
        choices = _asked_choices(steps, offices)
        for number in range(self.rows):
            self.fields[f"order_{number}"] = forms.IntegerField(
                required=False, min_value=1, max_value=MOST_STEPS * 2, label=_("Place in the order")
            )
            self.fields[f"minutes_{number}"] = forms.IntegerField(
                required=False, min_value=0, max_value=LATEST, error_messages=NUMBER, label=_("Minute")
            )
            self.fields[f"asked_{number}"] = forms.ChoiceField(choices=choices, required=False, label=_("Who"))
            for name, longest, label in (("zh", LONGEST_ZH, _("In Chinese")), ("en", LONGEST_EN, _("In English"))):
                self.fields[f"do_{name}_{number}"] = CleanLine(
                    max_length=longest, required=False, label=label, error_messages=TOO_LONG
                )

    def clean(self) -> dict[str, Any]:
        """Ask for both languages of each step, and for its minute."""
        said = super().clean() or {}
        for number in self._filled(said):
            for name in ("do_zh", "do_en"):
                if not said.get(f"{name}_{number}") and f"{name}_{number}" not in self.errors:
                    self.add_error(f"{name}_{number}", _("Please write it in both languages."))
            if said.get(f"minutes_{number}") is None and f"minutes_{number}" not in self.errors:
                self.add_error(f"minutes_{number}", NUMBER["invalid"])
        return said

    def on_page(self) -> Iterator[StepRow]:
        """Yield the rows as the page shows them."""
        for number in range(self.rows):
            names = ("order", "minutes", "asked", "do_zh", "do_en")
            yield StepRow(number, *(self[f"{name}_{number}"] for name in names))

    def steps(self) -> list[StepDraft]:
        """Return the steps in the order that was chosen."""
        return [self._step(number) for number in self._in_order()]

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside the field of the step that its pointer names, or above the form."""
        parts = (error.pointer or "").strip("/").split("/")
        if len(parts) == POINTS and parts[0] == "steps":
            self.add_error(f"{parts[2]}_{self._in_order()[int(parts[1])]}", str(error))
        else:
            add_refusal(self, error)

    def _in_order(self) -> list[int]:
        said = self.cleaned_data
        return sorted(self._filled(said), key=lambda number: (said.get(f"order_{number}") or MOST_STEPS * 3, number))

    def _filled(self, said: Mapping[str, Any]) -> list[int]:
        return [number for number in range(self.rows) if said.get(f"do_zh_{number}") or said.get(f"do_en_{number}")]

    def _step(self, number: int) -> StepDraft:
        said = self.cleaned_data
        asked = said[f"asked_{number}"]
        return StepDraft(
            minutes=said[f"minutes_{number}"],
            do_zh=said[f"do_zh_{number}"],
            do_en=said[f"do_en_{number}"],
            role=asked.removeprefix(ROLE) if asked.startswith(ROLE) else "",
            office=asked.removeprefix(OFFICE) if asked.startswith(OFFICE) else "",
            each_class=asked == CLASSES,
            key=self.keys[number] if number < len(self.keys) else "",
        )


def _asked_choices(steps: Sequence[ResponseStep], offices: Sequence[tuple[str, str]]) -> list[tuple[str, Any]]:
    known = {code for code, _name in offices} | {LEAD_GRADE}
    gone = dict.fromkeys(step.office for step in steps if step.office and step.office not in known)
    return [
        OPEN,
        *((f"{ROLE}{role}", label) for role, label in ROLES),
        (CLASSES, _("The teacher of each class")),
        (f"{OFFICE}{LEAD_GRADE}", _("The grade group")),
        *((f"{OFFICE}{code}", name) for code, name in offices),
        *((f"{OFFICE}{code}", code) for code in gone),
    ]


def _initial(steps: Sequence[ResponseStep]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, step in enumerate(steps):
        found |= {
            f"order_{number}": number + 1,
            f"minutes_{number}": step.minutes,
            f"asked_{number}": _asked(step),
            f"do_zh_{number}": step.do_zh,
            f"do_en_{number}": step.do_en,
        }
    return found


def _asked(step: ResponseStep) -> str:
    if step.role:
        return f"{ROLE}{Role(step.role).value}"
    if step.each_class:
        return CLASSES
    return f"{OFFICE}{step.office}" if step.office else ""
