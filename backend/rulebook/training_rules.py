"""Trainings that a rulebook requires: of whom, and how often. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from backend.common.named import localised
from backend.organisation.roles import Role


@dataclass(frozen=True, slots=True)
class TrainingRule:
    """A training that everybody on these posts (`office`: of that office alone), or each class, goes through again.

    One that was held counts for `every`. Whoever takes up a post has `first` for their first one. Somebody is told
    `told` before theirs is due.
    """

    code: str
    name_zh: str
    name_en: str
    roles: tuple[Role, ...]
    office: str
    each_class: bool
    every: timedelta
    first: timedelta
    told: timedelta

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return localised(self, "name")

    def counts_until(self, held_on: date) -> date:
        """Return the last day on which one that was held on a day counts."""
        return held_on + self.every


TrainingRules = Mapping[str, TrainingRule]
"""The trainings of a rulebook by code."""
