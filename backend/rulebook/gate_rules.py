"""Duty at a gate: its posts, at each of which somebody stands, and windows around the hours of school. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.calendars.rules import Hours
from backend.common.named import localised

MANNED = "manned"
"""The key of the line by which whoever answers for a post says whether somebody stands there."""


class Edge(models.TextChoices):
    """The instants of a school day around which a window lies."""

    BEGINS = "begins", _("School begins")
    ENDS = "ends", _("School ends")


@dataclass(frozen=True, slots=True)
class Around:
    """A window around the beginning or end of a school day: from so long before until so long after."""

    edge: Edge
    before: timedelta
    after: timedelta

    @property
    def lasts(self) -> timedelta:
        """How long the window is."""
        return self.before + self.after

    def opens_on(self, day: date, hours: Sequence[Hours]) -> datetime:
        """Return when it opens on a day with these working hours, by the wall clock."""
        if self.edge is Edge.BEGINS:
            return datetime.combine(day, min(one.opens for one in hours)) - self.before
        return max(_closing(day, one) for one in hours) - self.before


def _closing(day: date, hours: Hours) -> datetime:
    is_midnight = hours.closes == time.min
    return datetime.combine(day + timedelta(days=1) if is_midnight else day, hours.closes)


@dataclass(frozen=True, slots=True)
class Post:
    """A post at which somebody stands: one observes, one keeps order, one is there for emergencies."""

    key: str
    name_zh: str
    name_en: str

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return localised(self, "name")


def stands_there(*, is_all_well: bool, values: Mapping[str, bool | int]) -> bool:
    """Say whether an answer for a post says that whoever gives it stands there."""
    return is_all_well or values.get(MANNED) is True
