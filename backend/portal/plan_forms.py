"""The form of a plan of rounds: whether it is held, when, for whom; a new one has a name, and another to be like."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.portal.setup_forms import REQUIRED, PlainField
from backend.rulebook.plan_edits import PlanChoice
from backend.rulebook.round_rules import RoundPlan, Target

TIME = {"required": _("Please give a time."), "invalid": _("Please give a time.")}
MINUTES = {
    "required": _("Please give a number of minutes."),
    "invalid": _("Please give a number of minutes."),
    "min_value": _("Please give a number of minutes."),
}


class PlanForm(forms.Form):
    """The choice of a school for a plan."""

    is_on = forms.BooleanField(required=False, label=_("This is asked"))
    opens = forms.TimeField(label=_("Opens at"), error_messages=TIME)
    due = forms.TimeField(label=_("By"), error_messages=TIME)
    late_after = forms.IntegerField(label=_("Minutes until missing"), min_value=0, error_messages=MINUTES)

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: RoundPlan, units: Sequence[tuple[str, str]]):
        """Start from a plan; `units` are the offices or classes that it can be held for, by code and name."""
        super().__init__(data, initial=_initial(plan))
        label = _("Only for these classes") if plan.target is Target.CLASSES else _("Only for these offices")
        self.fields["only"] = forms.MultipleChoiceField(label=label, choices=units, required=False)

    @property
    def chosen(self) -> list[tuple[str, str, bool]]:
        """Every unit with whether it is chosen."""
        chosen = self["only"].value() or []
        return [(code, name, code in chosen) for code, name in self.fields["only"].choices]  # type: ignore[attr-defined]

    def choice(self) -> PlanChoice:
        """Return what was chosen."""
        said = self.cleaned_data
        return PlanChoice(not said["is_on"], said["opens"], said["due"], said["late_after"], tuple(said["only"]))


class NewPlanForm(PlanForm):
    """A plan that a school adds."""

    name_zh = PlainField(label=_("Name in Chinese"), max_length=120, error_messages=REQUIRED)
    name_en = PlainField(label=_("Name in English"), max_length=120, error_messages=REQUIRED)

    @property
    def names(self) -> dict[str, str]:
        """Its name in both languages."""
        return {"zh": self.cleaned_data["name_zh"], "en": self.cleaned_data["name_en"]}


def _initial(plan: RoundPlan) -> dict[str, Any]:
    return {
        "is_on": not plan.is_off,
        "opens": f"{plan.opens:%H:%M}",
        "due": f"{plan.due:%H:%M}",
        "late_after": int(plan.late_after.total_seconds() // 60),
        "only": list(plan.only),
    }
