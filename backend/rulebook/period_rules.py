"""Special periods: the templates of a rulebook, and the measures of a period by which more is asked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.common.named import localised

if TYPE_CHECKING:
    from backend.rulebook.ruleset import Rung

LEAST_PERCENT, MOST_PERCENT = 25, 90
"""A clock keeps a quarter of its time at least: less would be missed by everybody, and then mean nothing."""

MOST_PEOPLE = 20


class MeasureKind(models.TextChoices):
    """The kinds of measures that a period takes."""

    ROUND = "round", _("More rounds")
    CLOCK = "clock", _("Shorter deadlines")
    POST = "post", _("More people on duty")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: a plan of rounds that is held and comes more often or is due earlier, clocks, or posts of a roster.

    Of a plan `every` counts minutes, and `until` says when its last turn opens. Clocks of these severities keep so many
    `percent` of their time. In each shift of a kind so many `people` serve at least.
    """

    kind: MeasureKind
    plan: str = ""
    every: int | None = None
    until: time | None = None
    due: time | None = None
    severities: tuple[str, ...] = ()
    percent: int | None = None
    shift: str = ""
    people: int | None = None

    def written(self) -> dict[str, Any]:
        """Return it as a rulebook writes it."""
        said = {
            "kind": self.kind.value,
            "plan": self.plan,
            "every": f"{self.every}m" if self.every else "",
            "until": f"{self.until:%H:%M}" if self.until else "",
            "due": f"{self.due:%H:%M}" if self.due else "",
            "severities": list(self.severities),
            "percent": self.percent,
            "shift": self.shift,
            "people": self.people,
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class PeriodTemplate:
    """A kind of period as a school begins one: how long, to what end, by which measures, and who hears of its review.

    The review of what is open is due `review_before` it starts, and climbs `rungs`, whose offsets count from then.
    """

    code: str
    name_zh: str
    name_en: str
    goals_zh: str
    goals_en: str
    days: int
    review_before: timedelta
    rungs: "tuple[Rung, ...]"
    measures: tuple[Measure, ...]

    @property
    def name(self) -> str:
        """The template's name in the reader's language."""
        return localised(self, "name")

    @property
    def goals(self) -> str:
        """Its goals in the reader's language."""
        return localised(self, "goals")


PeriodTemplates = Mapping[str, PeriodTemplate]
"""The templates of a rulebook by code."""
