"""Reads of who is asked for rounds, for whoever enters that somebody leaves: scoped to nobody."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from backend.duty.selectors import directory_load
from backend.rounds.models import WAITING, Round
from backend.rulebook.selectors import ruleset_get


def rounds_asked(*, person_id: UUID) -> QuerySet[Round]:
    """Return the rounds that wait for an answer from somebody, with their offices, the one due first first."""
    rows = Round.objects.filter(assignee=person_id, state__in=WAITING).select_related("unit", "school", "sweep")
    return rows.order_by("due_at", "id")


def then_asked(*, rounds: Sequence[Round], besides: UUID, now: datetime) -> dict[UUID, UUID | None]:
    """Return by round whom its plan reaches without one person; None for nobody."""
    if not rounds:
        return {}
    directory = directory_load(school_ids={row.school_id for row in rounds}, now=now)
    found: dict[UUID, UUID | None] = {}
    for row in rounds:
        role = ruleset_get(row.rulebook_id).round_plans[row.plan].asked
        others = {besides, *row.passes_over}
        reached = directory.reach(role=role, school_id=row.school_id, unit_id=row.unit_id, excluding=others)
        found[row.id] = next(iter(reached.people), None)
    return found
