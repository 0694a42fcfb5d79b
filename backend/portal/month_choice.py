"""A reader's choice of the month and the school whose report they ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from backend.common.errors import NotFound
from backend.insights.selectors.extents import Reach, reach_of
from backend.insights.selectors.figures import monthly
from backend.insights.selectors.promises import promises_of_month
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.portal.months import MonthShown, month_before, month_of_text, month_shown
from backend.portal.promises_section import promises_section

EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class MonthAsked:
    """A school and a month that a reader may ask for, and the latest month there is."""

    reach: Reach
    school: School
    month: date
    latest: date

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{self.school.code}-{self.month:%Y-%m}"

    def query(self, month: date) -> str:
        """Return the address's part that asks for a month of the same school."""
        return urlencode({"month": f"{month:%Y-%m}", "school": self.school.id})

    def shown(self, *, actor: Actor, now: datetime) -> MonthShown:
        """Return the month in words, as far as the reader counts it."""
        year, number = self.month.year, self.month.month
        found = monthly(actor=actor, school_id=self.school.id, year=year, month=number, now=now)
        promises = promises_of_month(actor=actor, school_id=self.school.id, month=self.month, now=now)
        shown = month_shown(monthly=found, reach=self.reach, school=self.school, now=now)
        return replace(shown, sections=[*shown.sections, promises_section(promises)])


def month_asked(*, actor: Actor, given: Mapping[str, str], now: datetime) -> MonthAsked:
    """Return what an address asks for; without a month, the last that is over.

    Raise NotFound for a school or a month that is not there.
    """
    reach = reach_of(actor=actor)
    latest = reach.today(now).replace(day=1)
    text = given.get("month")
    chosen = month_of_text(text) if text else month_before(latest)
    school = _school(reach, given.get("school", ""))
    if school is None or chosen is None or not EARLIEST <= chosen <= latest:
        raise NotFound
    return MonthAsked(reach, school, chosen, latest)


def _school(reach: Reach, given: str) -> School | None:
    if not given:
        return next(iter(reach.schools), None)
    try:
        wanted = UUID(given)
    except ValueError:
        return None
    return next((school for school in reach.schools if school.id == wanted), None)
