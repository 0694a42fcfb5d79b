"""Erasing the words on the steps and the end of started plans with the events that say them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.common.services import answers_empty
from backend.response.models import Response, ResponseTask

ERASED = "—"


def words_erase(*, ticket_id: UUID, at: Sequence[datetime]) -> None:
    """Erase what was said at these instants, and remembered answers that repeat it; who did what, and when, stays."""
    rows = Response.objects.filter(ticket=ticket_id)
    ResponseTask.objects.filter(response__in=rows, done_at__in=at).update(words="")
    rows.filter(ended_at__in=at).update(ended_words=ERASED)
    answers_empty(naming=rows.values_list("id", flat=True))
