"""Daily work for each school that works with the system, by its rules in use: one that fails stops no other."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

from backend.organisation.models import School
from backend.rulebook.models import SchoolRulebook
from backend.rulebook.ruleset import Ruleset
from backend.rulebook.selectors import ruleset_get

logger = logging.getLogger(__name__)


class Keep(Protocol):
    """The work of one school by a version of the rules; it returns how much it changed."""

    def __call__(self, *, school: School, version_id: int, now: datetime) -> int:
        """Bring one school in step."""


def schools_working(*, having: Callable[[Ruleset], object]) -> list[tuple[School, int]]:
    """Return the schools whose rules in use have something, each with the version; one statement."""
    used = SchoolRulebook.objects.filter(school__live_at__isnull=False).select_related("school").defer("version")
    return [
        (row.school, row.version_id) for row in used.order_by("school__code") if having(ruleset_get(row.version_id))
    ]


def each_school_kept(*, schools: Iterable[tuple[School, int]], keep: Keep, what: str, now: datetime) -> int:
    """Do the work of each school and return how much changed; where it fails, an alarm in the log says `what` did."""
    changed = 0
    for school, version_id in schools:
        try:
            changed += keep(school=school, version_id=version_id, now=now)
        except Exception:
            logger.exception("ALARM: %s could not be brought in step at school %s", what, school.code)
    return changed
