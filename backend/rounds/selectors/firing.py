"""Reads for what happens to rounds by itself: scoped to nobody."""

from collections.abc import Collection
from uuid import UUID

from backend.rounds.models import WAITING, Round


def rounds_with_school(*, round_ids: Collection[UUID]) -> list[Round]:
    """Return these rounds with their schools and offices; the caller holds their locks."""
    rounds = Round.objects.select_related("school", "unit", "sweep")
    return list(rounds.filter(id__in=round_ids).order_by("due_at", "id"))


def rounds_waiting(*, round_ids: Collection[UUID]) -> list[Round]:
    """Return those of these rounds that wait for an answer."""
    return list(Round.objects.filter(id__in=round_ids, state__in=WAITING))
