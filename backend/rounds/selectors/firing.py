"""Reads for what happens to rounds by itself: scoped to nobody."""

from collections.abc import Collection
from uuid import UUID

from backend.rounds.models import WAITING, Round


def rounds_with_school(*, round_ids: Collection[UUID]) -> list[Round]:
    """Return these rounds with their schools and offices; the caller holds their locks."""
    return list(Round.objects.select_related("school", "unit").filter(id__in=round_ids).order_by("due_at", "id"))


def rounds_waiting(*, round_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these rounds wait for an answer."""
    return set(Round.objects.filter(id__in=round_ids, state__in=WAITING).values_list("id", flat=True))
