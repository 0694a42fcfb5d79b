"""The extent of what somebody may count, by name: schools, offices, and the group of each category in use there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from backend.common.errors import NotFound
from backend.insights.shapes import Narrowing
from backend.organisation.actors import Actor
from backend.organisation.models import School, Unit
from backend.rulebook.ruleset import Category, Confidentiality
from backend.rulebook.selectors import ruleset_get
from backend.rulebook.wording import Group
from backend.workflow.counted import Countable, Extent, countable_by


@dataclass(frozen=True)
class Reach:
    """The schools of which somebody counts, and the offices in them; the bureau counts by school and has none."""

    countable: Countable
    schools: Sequence[School]
    offices: Sequence[Unit]

    @property
    def by_school(self) -> bool:
        """Whether the figures are divided by school, and not by office."""
        return self.countable.extent is Extent.BUREAU

    @property
    def parts(self) -> Sequence[School | Unit]:
        """The headings under which the figures are divided."""
        return self.schools if self.by_school else self.offices

    @cached_property
    def categories(self) -> dict[str, Category]:
        """The categories of the schools' rulebooks by code."""
        versions = {school.rulebook.version_id for school in self.schools if hasattr(school, "rulebook")}
        return {code: each for one in sorted(versions) for code, each in ruleset_get(one).categories.items()}

    @property
    def groups(self) -> dict[str, Group]:
        """The group of each category."""
        return {code: category.group for code, category in self.categories.items()}

    def today(self, now: datetime) -> date:
        """Return the day it is at the reader's school; at the bureau's first one."""
        zone = self.schools[0].time_zone if self.schools else settings.TIME_ZONE
        return now.astimezone(ZoneInfo(zone)).date()

    def check(self, narrowing: Narrowing) -> None:
        """Raise NotFound where something is chosen that is not the reader's to count."""
        if narrowing.school and narrowing.school not in {school.id for school in self.schools}:
            raise NotFound(pointer="/school")
        if narrowing.office and narrowing.office not in {office.id for office in self.offices}:
            raise NotFound(pointer="/office")


def reach_of(*, actor: Actor) -> Reach:
    """Return what somebody may count, in at most two statements."""
    countable = countable_by(actor=actor)
    by_extent = {
        Extent.SCHOOL: Q(id__in=countable.ids),
        Extent.BUREAU: Q(bureau__in=countable.ids),
        Extent.OFFICES: Q(id=actor.school_scope),
    }
    schools = School.objects.filter(by_extent[countable.extent]).select_related("rulebook").order_by("code", "id")
    return Reach(countable, list(schools), _offices(countable))


def _offices(countable: Countable) -> list[Unit]:
    if countable.extent is Extent.BUREAU:
        return []
    mine = Q(id__in=countable.ids) if countable.extent is Extent.OFFICES else Q(school__in=countable.ids)
    return list(Unit.objects.filter(mine).exclude(kind=Unit.Kind.CLASS).order_by("kind", "code", "id"))


def reach_of_school(*, actor: Actor, school_id: UUID) -> Reach:
    """Return what somebody may count of one school; raise NotFound for a school they count nothing of."""
    reach = reach_of(actor=actor)
    if school_id not in {school.id for school in reach.schools}:
        raise NotFound
    return reach


def reach_of_everybody(*, school: School) -> Reach:
    """Return what of a school may be told to everybody who works there."""
    countable = Countable(None, Extent.SCHOOL, (school.id,), frozenset(Confidentiality))
    return Reach(countable, [school], _offices(countable))
