"""Response plans: the steps for one sort of emergency, each with whoever is asked and the minute by which. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.common.named import localised
from backend.organisation.roles import Role

if TYPE_CHECKING:
    from backend.rulebook.ruleset import Rung


class PlanKind(models.TextChoices):
    """The kinds of response plans: for one sort of event, for a phase of the year, for the whole year."""

    EVENT = "event", _("For an event")
    PHASE = "phase", _("For a phase of the year")
    ANNUAL = "annual", _("For the whole year")


@dataclass(frozen=True, slots=True)
class ResponseStep:
    """One step of a plan: within `at` of the start somebody does it, and says so.

    Asked is a role of the school, the head of an office named by its code, or the teacher of each class. Where it is
    none of them, it is for whoever is there first, and nobody is asked by name.
    """

    key: str
    at: timedelta
    do_zh: str
    do_en: str
    role: Role | None = None
    office: str = ""
    each_class: bool = False

    @property
    def words(self) -> str:
        """What is to be done, in the reader's language."""
        return localised(self, "do")

    @property
    def is_asked(self) -> bool:
        """Whether somebody is asked by name."""
        return bool(self.role or self.office or self.each_class)

    @property
    def minutes(self) -> int:
        """The minute after the start by which it is done."""
        return int(self.at.total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    """The steps of what is done in one sort of emergency; for tickets of `categories`.

    A step that nobody has done in time climbs `rungs`, whose offsets count from then. What a school approves is good
    for `valid_months`.
    """

    code: str
    name_zh: str
    name_en: str
    categories: tuple[str, ...]
    valid_months: int
    steps: tuple[ResponseStep, ...]
    stand_down_zh: str
    stand_down_en: str
    rungs: "tuple[Rung, ...]"
    kind: PlanKind = PlanKind.EVENT

    @property
    def name(self) -> str:
        """The plan's name in the reader's language."""
        return localised(self, "name")

    @property
    def stand_down(self) -> str:
        """When and by whom it is ended, in the reader's language."""
        return localised(self, "stand_down")

    @property
    def asked(self) -> tuple[ResponseStep, ...]:
        """The steps that are asked of somebody by name."""
        return tuple(step for step in self.steps if step.is_asked)

    def step(self, key: str) -> ResponseStep:
        """Return the step of this key."""
        return next(step for step in self.steps if step.key == key)

    def content(self) -> dict[str, Any]:
        """Return what it says is done, by which one version of it is told from another; neither kind nor ladder are."""
        return {name: value for name, value in asdict(self).items() if name not in {"rungs", "valid_months", "kind"}}


ResponsePlans = Mapping[str, ResponsePlan]
"""The response plans of a rulebook by code."""
