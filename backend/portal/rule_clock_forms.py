"""The shape of what the page of one clock sends: the time it allows, the steps of its ladder, and the repeat."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from backend.common.errors import DomainError
from backend.organisation.roles import Role
from backend.rulebook.clock_edits import ClockProposal
from backend.rulebook.clock_limits import MOST_RUNGS, RANKS, Limit
from backend.rulebook.ruleset import UNITS, Clock, Rung, Span, span_parse

CALENDAR: Mapping[str, Promise] = {"m": _("minutes"), "h": _("hours"), "d": _("days")}
WORKING: Mapping[str, Promise] = {"hW": pgettext_lazy("unit of time", "working hours"), "dW": _("working days")}
ROLES = [(role.value, role.label) for role in RANKS]
NUMBER = {"invalid": _("Please give a number."), "required": _("Please give a number.")}
UNIT_MISSING = _("Please choose one.")
MORE_ROWS = 2
"""The number of empty steps below those that there are."""


@dataclass(frozen=True, slots=True)
class SpanFields:
    """The two fields of a length of time: a number, and what it counts."""

    number: forms.BoundField
    unit: forms.BoundField


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step as the page shows it; the first comes when the time is over, so that nothing is asked `after` it."""

    number: int
    after: SpanFields | None
    tell: forms.BoundField
    deputies: forms.BoundField

    @property
    def is_empty(self) -> bool:
        """Whether it is one to add, with nothing in it."""
        return self.after is not None and not (self.tell.value() or self.tell.errors or self.after.number.value())

    @property
    def told(self) -> list[tuple[str, Promise | str, bool]]:
        """Every role with whether it is chosen."""
        chosen = self.tell.value() or []
        return [(value, label, value in chosen) for value, label in ROLES]


class ClockForm(forms.Form):
    """A clock with as many steps as there are, and some empty ones to add; a step without anything in it is none."""

    def __init__(self, data: Any, *, clock: Clock, limit: Limit) -> None:
        super().__init__(data, initial=_initial(clock))
        units = WORKING if limit.is_working else CALENDAR
        self._add("within", units, gettext("Within"))
        self._add("repeat", CALENDAR, gettext("Repeat the last step every"))
        self.steps = min(max(len(clock.rungs), _steps_sent(data)) + MORE_ROWS, MOST_RUNGS)
        for step in range(self.steps):
            label = gettext("Step %(number)s") % {"number": step + 1}
            if step:
                self._add(f"after-{step}", units, label, required=False)
            self.fields[f"tell-{step}"] = forms.MultipleChoiceField(label=label, choices=ROLES, required=False)
            self.fields[f"deputies-{step}"] = forms.BooleanField(required=False)

    def _add(self, name: str, units: Mapping[str, Promise], label: str, *, required: bool = True) -> None:
        number = forms.IntegerField(label=label, min_value=1, max_value=9999, required=required, error_messages=NUMBER)
        self.fields[name] = number
        self.fields[f"{name}-unit"] = forms.ChoiceField(choices=tuple(units.items()), required=required)

    def clean(self) -> dict[str, Any]:
        """Ask for the unit of each step in which anything stands."""
        for step in list(self._filled()):
            unit = f"after-{step}-unit"
            if step and not self.cleaned_data.get(unit) and unit not in self.errors:
                self.add_error(f"after-{step}", UNIT_MISSING)
        return self.cleaned_data

    @property
    def rows(self) -> Iterator[StepRow]:
        """Yield the steps for the page."""
        for step in range(self.steps):
            after = self._fields(f"after-{step}") if step else None
            yield StepRow(step + 1, after, self[f"tell-{step}"], self[f"deputies-{step}"])

    @property
    def time_allowed(self) -> SpanFields:
        """The fields of the time it allows."""
        return self._fields("within")

    @property
    def repeated(self) -> SpanFields:
        """The fields of how often the last step repeats."""
        return self._fields("repeat")

    def proposal(self) -> ClockProposal:
        """Return what was sent, without the empty steps."""
        rungs = [self._rung(step) for step in self._filled()]
        return ClockProposal(self._span("within"), rungs, self._span("repeat"))

    def field_of(self, error: DomainError) -> str | None:
        """Return the field that a refusal is about; None for the clock as a whole."""
        first, *rest = (error.pointer or "").strip("/").split("/")
        if rest:
            step = list(self._filled())[int(rest[0])]
            first = f"{rest[1]}-{step}"
        return first if first in self.fields else None

    def _fields(self, name: str) -> SpanFields:
        return SpanFields(self[name], self[f"{name}-unit"])

    def _filled(self) -> Iterator[int]:
        """Yield the steps in which anything stands."""
        for step in range(self.steps):
            after, tell = (self.cleaned_data.get(f"{name}-{step}") for name in ("after", "tell"))
            if tell or after or not step:
                yield step

    def _rung(self, step: int) -> Rung:
        after = self._span(f"after-{step}") if step else span_parse("0m")
        roles = tuple(Role(value) for value in self.cleaned_data[f"tell-{step}"])
        return Rung(after, roles, deputies=self.cleaned_data[f"deputies-{step}"])

    def _span(self, name: str) -> Span:
        return span_parse(f"{self.cleaned_data[name] or 0}{self.cleaned_data[f'{name}-unit']}")


def _initial(clock: Clock) -> dict[str, Any]:
    initial: dict[str, Any] = {}
    spans = {"within": clock.within, "repeat": _plain(clock)}
    spans |= {f"after-{step}": rung.after for step, rung in enumerate(clock.rungs) if step}
    for name, span in spans.items():
        initial |= {name: span.amount, f"{name}-unit": f"{span.unit}{'W' if span.working else ''}"}
    for step, rung in enumerate(clock.rungs):
        initial |= {f"tell-{step}": [role.value for role in rung.tell], f"deputies-{step}": rung.deputies}
    return initial


def _plain(clock: Clock) -> Span:
    """Return how often the last step repeats in the largest unit in which it is a whole number."""
    unit = next((unit for unit in "dhm" if not clock.repeat % UNITS[unit]), "s")
    return Span(clock.repeat // UNITS[unit], unit, working=False)


def _steps_sent(data: Any) -> int:
    """Return after which step nothing more stands in what was sent."""
    sent = (step for step in range(MOST_RUNGS) if data and (data.get(f"tell-{step}") or data.get(f"after-{step}")))
    return max(sent, default=-1) + 1
