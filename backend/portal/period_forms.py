"""The forms of special periods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.common.errors import DomainError
from backend.portal.forms import TOO_LONG, CleanLine, CleanText, LocalTime
from backend.portal.problems import add_refusal
from backend.rounds.models import PeriodDecision
from backend.rounds.models.periods import LONGEST_GOALS, LONGEST_NAME, LONGEST_WORDS
from backend.rounds.services.periods import MeasureDraft, PeriodDraft
from backend.rulebook.period_rules import LEAST_PERCENT, MOST_PEOPLE, MOST_PERCENT, MeasureKind, PeriodTemplate

ASKED_BY: Mapping[MeasureKind, tuple[str, ...]] = {
    MeasureKind.ROUND: ("every", "until", "due"),
    MeasureKind.CLOCK: ("percent",),
    MeasureKind.POST: ("people",),
}
"""The numbers and times that a measure of each kind takes."""
DAYS, POINTS = ("from", "to"), 3
LABELS = {
    "every": _("Again after minutes"),
    "until": _("Last turn opens by"),
    "due": _("Due by"),
    "percent": _("Percent of the time that is left"),
    "people": _("People in each shift"),
    "from": pgettext_lazy("day", "from"),
    "to": pgettext_lazy("day", "until"),
}
BOUNDS = {"every": (30, 24 * 60), "percent": (LEAST_PERCENT, MOST_PERCENT), "people": (1, MOST_PEOPLE)}
TIME = {"invalid": _("Please give a time.")}
DAY = {"required": _("Please choose a day."), "invalid": _("Please choose a day.")}
WHY = {"required": _("Please say why."), **TOO_LONG}


class DayInput(forms.DateInput):
    """A day as browsers choose one."""

    input_type = "date"


class ClockInput(forms.TimeInput):
    """A time of the day as browsers choose one."""

    input_type = "time"


@dataclass(frozen=True, slots=True)
class Scope:
    """The units and places that a period can be for, by code and name."""

    units: Sequence[tuple[str, str]]
    places: Sequence[tuple[str, str]]


class PeriodForm(forms.Form):
    """A period as it is drawn up: of its measures some can be left out, each has its numbers and days of its own."""

    name = CleanLine(max_length=LONGEST_NAME, error_messages={"required": _("Please give it a name."), **TOO_LONG})
    goals = CleanText(max_length=LONGEST_GOALS, error_messages={"required": _("Please say to what end."), **TOO_LONG})
    starts_on = forms.DateField(error_messages=DAY)
    ends_on = forms.DateField(error_messages=DAY)
    review_at = LocalTime(required=False)
    reason = CleanText(max_length=LONGEST_WORDS, error_messages=WHY)
    units = forms.MultipleChoiceField(required=False)
    places = forms.MultipleChoiceField(required=False)
    measures = forms.MultipleChoiceField(error_messages={"required": _("Please choose a measure.")})
    token = forms.CharField(required=False, max_length=64)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        template: PeriodTemplate,
        offered: Sequence[MeasureDraft],
        scope: Scope,
        initial: Mapping[str, Any],
    ) -> None:
        """Offer measures with their numbers and days, and the units and places of the school."""
        super().__init__(data, initial={**_numbers_of(offered), **initial})
        self.template, self.offered = template, offered
        numbers = [(str(number), str(number)) for number in range(len(offered))]
        self.fields["measures"].choices = numbers  # type: ignore[attr-defined]
        self.fields["units"].choices = scope.units  # type: ignore[attr-defined]
        self.fields["places"].choices = scope.places  # type: ignore[attr-defined]
        self.fields["review_at"].now = initial["now"]  # type: ignore[attr-defined]
        for number, one in enumerate(offered):
            for name in (*ASKED_BY[one.measure.kind], *DAYS):
                self.fields[f"{name}_{number}"] = _field(name)

    def asked_by(self, number: int) -> list[Any]:
        """Return the fields of one measure, its numbers first and then its days."""
        return [self[f"{name}_{number}"] for name in (*ASKED_BY[self.offered[number].measure.kind], *DAYS)]

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside the field its pointer names; one of a measure counts those that were chosen."""
        parts = (error.pointer or "").strip("/").split("/")
        if len(parts) == POINTS and parts[0] == "measures":
            name = {"starts_on": "from", "ends_on": "to"}.get(parts[2], parts[2])
            field = f"{name}_{self.cleaned_data['measures'][int(parts[1])]}"
            self.add_error(field if field in self.fields else "measures", str(error))
        else:
            add_refusal(self, error)

    def _measure(self, number: int) -> MeasureDraft:
        stands, given = self.offered[number].measure, self.cleaned_data
        said = {name: given[f"{name}_{number}"] for name in ASKED_BY[stands.kind]}
        return MeasureDraft(replace(stands, **said), given[f"from_{number}"], given[f"to_{number}"])

    def draft(self) -> PeriodDraft:
        """Return what was filled in."""
        given = self.cleaned_data
        measures = [self._measure(int(number)) for number in given["measures"]]
        return PeriodDraft(
            template=self.template.code,
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            name=given["name"],
            goals=given["goals"],
            review_at=given["review_at"],
            units=tuple(given["units"]),
            places=tuple(given["places"]),
            measures=tuple(measures),
        )


class RedrawForm(PeriodForm):
    """A period that is drawn up already, and not approved."""

    reason = CleanText(required=False, max_length=LONGEST_WORDS, error_messages=WHY)


def _field(name: str) -> forms.Field:
    if name in {"from", "to"}:
        return forms.DateField(required=False, error_messages=DAY, label=LABELS[name], widget=DayInput)
    if name in {"until", "due"}:
        return forms.TimeField(required=False, error_messages=TIME, label=LABELS[name], widget=ClockInput)
    least, most = BOUNDS[name]
    return forms.IntegerField(
        required=False, min_value=least, max_value=most, error_messages=_outside(least, most), label=LABELS[name]
    )


def _outside(least: int, most: int) -> dict[str, Any]:
    words = format_lazy(_("Please give a number from {least} to {most}."), least=least, most=most)
    return dict.fromkeys(("invalid", "min_value", "max_value"), words)


def _numbers_of(offered: Sequence[MeasureDraft]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, one in enumerate(offered):
        for name in ASKED_BY[one.measure.kind]:
            value = getattr(one.measure, name)
            found[f"{name}_{number}"] = f"{value:%H:%M}" if isinstance(value, time) else value
        for name, day in (("from", one.starts_on), ("to", one.ends_on)):
            found[f"{name}_{number}"] = day.isoformat() if day else None
    return found


class ReasonForm(forms.Form):
    """The reason of a decision."""

    reason = CleanText(max_length=LONGEST_WORDS, error_messages=WHY)


class EndForm(ReasonForm):
    """The new last day of a period, and why."""

    ends_on = forms.DateField(error_messages=DAY)


class DecisionForm(ReasonForm):
    """The decision on one ticket of a review."""

    ticket = forms.UUIDField()
    choice = forms.ChoiceField(choices=PeriodDecision.Choice.choices)


class SummaryForm(forms.Form):
    """The words of a summary."""

    words = CleanText(max_length=4000, error_messages={"required": _("Please write what came of it."), **TOO_LONG})


class NothingForm(forms.Form):
    """A form in which nothing is filled in."""
