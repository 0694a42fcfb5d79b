"""Erasing the words on reports to somebody outside with the events that say them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.outside.models import OutsideWord


def words_erase(*, ticket_id: UUID, at: Sequence[datetime]) -> None:
    """Erase what was said at these instants; that it was told, by whom and when, stays."""
    rows = OutsideWord.objects.filter(duty__ticket=ticket_id, recorded_at__in=at)
    rows.update(whom="", reference="", words="")
