"""The form of a plan of rounds: whether it is held, when, for whom; a new one has a name, and another to be like."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from backend.portal.setup_forms import REQUIRED, PlainField
from backend.rulebook.plan_edits import PlanChoice
from backend.rulebook.recurring import LAST_OF_MONTH, MOST_AHEAD, MOST_DAYS, YEAR_DAY, Sort
from backend.rulebook.round_rules import RoundKind, RoundPlan, Target

TIME = {"required": _("Please give a time."), "invalid": _("Please give a time.")}
MINUTES = {
    "required": _("Please give a number of minutes."),
    "invalid": _("Please give a number of minutes."),
    "min_value": _("Please give a number of minutes."),
}

NUMBER = {
    "invalid": _("Please give a number of days."),
    "min_value": _("Please give a number of days."),
    "max_value": _("Please give a smaller number of days."),
}
USUAL_DAYS = 7


class ComesForm(forms.Form):
    """The times of the year at which an inspection comes by itself; none is when somebody asks for it."""

    term = forms.BooleanField(required=False, label=_("At the start of each term"))
    holidays = forms.IntegerField(
        required=False, label=_("Days before holidays"), min_value=1, max_value=MOST_AHEAD, error_messages=NUMBER
    )
    week = forms.TypedChoiceField(
        required=False,
        label=_("Each week from this day on"),
        coerce=int,
        empty_value=None,
        choices=[("", "—"), *((str(number + 1), name) for number, name in WEEKDAYS.items())],
    )
    month = forms.IntegerField(
        required=False,
        label=_("Each month from this day on"),
        min_value=1,
        max_value=LAST_OF_MONTH,
        error_messages=NUMBER,
    )
    year = forms.RegexField(
        YEAR_DAY,
        required=False,
        label=_("Each year from this month and day on"),
        error_messages={"invalid": _("Please write month and day like 09-01, up to the 28th.")},
    )
    days = forms.IntegerField(
        required=False, label=_("Days it takes"), min_value=1, max_value=MOST_DAYS, error_messages=NUMBER
    )

    def chosen_times(self) -> dict[str, Any]:
        """Return them as a rulebook writes them; empty for none."""
        said = self.cleaned_data
        found = {name: said[name] for name in Sort.values if said.get(name)}
        return {"days": said["days"] or USUAL_DAYS, **found} if found else {}


class PlanForm(ComesForm):
    """The choice of a school for a plan."""

    is_on = forms.BooleanField(required=False, label=_("This is asked"))
    opens = forms.TimeField(label=_("Opens at"), error_messages=TIME)
    due = forms.TimeField(label=_("By"), error_messages=TIME)
    late_after = forms.IntegerField(label=_("Minutes until missing"), min_value=0, error_messages=MINUTES)

    every = forms.IntegerField(
        required=False, label=_("Again after minutes"), min_value=0, max_value=24 * 60, error_messages=MINUTES
    )
    until = forms.TimeField(required=False, label=_("Last turn opens by"), error_messages=TIME)

    follows_hours = forms.BooleanField(required=False, label=_("The times follow the school's calendar"))
    every_day = forms.BooleanField(required=False, label=_("Also on days without school, for schools with boarders"))

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        plan: RoundPlan,
        units: Sequence[tuple[str, str]],
        places: Sequence[tuple[str, str]],
    ):
        """Start from a plan; `units` and `places` are those that it can be held for and lead over, by code and name."""
        super().__init__(data, initial=_initial(plan))
        self.is_inspection = plan.kind is RoundKind.INSPECTION
        self.goes_over_places, self.stands = plan.goes_over_places and not plan.is_on_request, plan.route
        self.has_window, self.has_posts = plan.around is not None, bool(plan.posts)
        self.fields["route"] = forms.MultipleChoiceField(
            label=_("Places of the route"), choices=[*places, *_gone(plan, places)], required=False
        )
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
        return PlanChoice(
            is_off=not said["is_on"],
            opens=said["opens"],
            due=said["due"],
            late_after=said["late_after"],
            only=tuple(said["only"]),
            every=None if self.has_posts else said["every"] or 0,
            until=None if self.has_posts else said["until"],
            route=self._route() if self.goes_over_places else None,
            comes=self.chosen_times() if self.is_inspection else None,
            follows_hours=said["follows_hours"] if self.has_window else None,
            every_day=said["every_day"],
        )

    def _route(self) -> tuple[str, ...]:
        """Return the places in the order they were in, new ones at the end."""
        chosen = self.cleaned_data["route"]
        return (
            *(code for code in self.stands if code in chosen),
            *(code for code in chosen if code not in self.stands),
        )

    @property
    def on_route(self) -> list[tuple[str, str, bool]]:
        """Every place with whether the route leads over it; none for a plan that goes over no places."""
        chosen = self["route"].value() or []
        choices = self.fields["route"].choices if self.goes_over_places else []  # type: ignore[attr-defined]
        return [(code, name, code in chosen) for code, name in choices]


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
        "every": int(plan.again.every.total_seconds() // 60) if plan.again else None,
        "until": f"{plan.again.until:%H:%M}" if plan.again else "",
        "route": list(plan.route),
        **(asdict(plan.comes) if plan.comes else {"days": USUAL_DAYS}),
        "follows_hours": plan.follows_hours,
        "every_day": plan.every_day,
    }


def _gone(plan: RoundPlan, places: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the places of the route that the school has no longer, so that they are seen and can be left out."""
    return [(code, code) for code in plan.route if code not in dict(places)]
