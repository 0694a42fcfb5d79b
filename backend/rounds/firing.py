"""Rounds as subjects of the deadline engine, which opens them, reminds whoever is asked, and says what is missing."""

import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from backend.deadlines.handlers import Firing
from backend.duty.reach import Directory
from backend.duty.selectors import directory_load
from backend.rounds.models import Round, RoundState
from backend.rounds.selectors.firing import rounds_with_school
from backend.rounds.windows import FIRST_OF_LADDER, OPENING
from backend.rulebook.selectors import ruleset_get

logger = logging.getLogger(__name__)


class RoundSubjects:
    """Rounds as subjects of the deadline engine."""

    def lock(self, subject_ids: Collection[UUID]) -> set[UUID]:
        """Lock these rounds without waiting; return those locked."""
        locked = Round.objects.select_for_update(skip_locked=True, no_key=True).filter(id__in=subject_ids)
        return set(locked.values_list("id", flat=True))

    def fire(self, firings: Sequence[Firing], *, now: datetime) -> None:
        """Carry out what is due: the number of statements does not depend on the number of firings."""
        by_round: dict[UUID, list[Firing]] = defaultdict(list)
        for firing in firings:
            by_round[firing.subject_id].append(firing)
        rounds = rounds_with_school(round_ids=list(by_round))
        directory = directory_load(school_ids={row.school_id for row in rounds}, now=now)
        for row in rounds:
            for firing in by_round[row.id]:
                _carry_out(row, firing, directory, now)
        Round.objects.bulk_update(rounds, ["state", "opened_at", "assignee"])


def _carry_out(row: Round, firing: Firing, directory: Directory, now: datetime) -> None:
    if firing.rung == OPENING:
        row.state, row.opened_at = RoundState.OPEN, now
        row.assignee_id = asked_of(row=row, directory=directory)
    elif firing.rung >= FIRST_OF_LADDER:
        row.state = RoundState.MISSED


def asked_of(*, row: Round, directory: Directory) -> UUID | None:
    """Return who is to look: whoever holds the plan's role in the office and can be reached, or stands in for them."""
    role = ruleset_get(row.rulebook_id).round_plans[row.plan].asked
    people = directory.reach(role=role, school_id=row.school_id, unit_id=row.unit_id).people
    if not people:
        logger.error("ALARM: round %s: nobody can be asked", row.id)
    return people[0] if people else None
