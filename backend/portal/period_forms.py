"""The forms of special periods."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.portal.forms import TOO_LONG, CleanLine, CleanText, LocalTime
from backend.rounds.models import PeriodDecision
from backend.rounds.models.periods import LONGEST_GOALS, LONGEST_NAME, LONGEST_WORDS
from backend.rounds.services.periods import MeasureDraft, PeriodDraft
from backend.rulebook.period_rules import PeriodTemplate

DAY = {"required": _("Please choose a day."), "invalid": _("Please choose a day.")}
WHY = {"required": _("Please say why."), **TOO_LONG}


class PeriodForm(forms.Form):
    """A period as it is drawn up from a template, of whose measures some can be left out or have days of their own."""

    name = CleanLine(max_length=LONGEST_NAME, error_messages={"required": _("Please give it a name."), **TOO_LONG})
    goals = CleanText(max_length=LONGEST_GOALS, error_messages={"required": _("Please say to what end."), **TOO_LONG})
    starts_on = forms.DateField(error_messages=DAY)
    ends_on = forms.DateField(error_messages=DAY)
    review_at = LocalTime(required=False)
    reason = CleanText(max_length=LONGEST_WORDS, error_messages=WHY)
    places = forms.MultipleChoiceField(required=False)
    measures = forms.MultipleChoiceField(error_messages={"required": _("Please choose a measure.")})
    token = forms.CharField(required=False, max_length=64)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        template: PeriodTemplate,
        places: Sequence[tuple[str, str]],
        initial: Mapping[str, Any],
    ) -> None:
        """Offer the measures of the template and the places of the school."""
        super().__init__(data, initial=dict(initial))
        self.template = template
        numbers = [(str(number), str(number)) for number in range(len(template.measures))]
        self.fields["measures"].choices = numbers  # type: ignore[attr-defined]
        self.fields["places"].choices = places  # type: ignore[attr-defined]
        self.fields["review_at"].now = initial["now"]  # type: ignore[attr-defined]
        for number, _name in numbers:
            self.fields[f"from_{number}"] = forms.DateField(required=False, error_messages=DAY)
            self.fields[f"to_{number}"] = forms.DateField(required=False, error_messages=DAY)

    def draft(self) -> PeriodDraft:
        """Return what was filled in."""
        given = self.cleaned_data
        measures = [
            MeasureDraft(self.template.measures[int(number)], given[f"from_{number}"], given[f"to_{number}"])
            for number in given["measures"]
        ]
        return PeriodDraft(
            template=self.template.code,
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            name=given["name"],
            goals=given["goals"],
            review_at=given["review_at"],
            places=tuple(given["places"]),
            measures=tuple(measures),
        )


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
