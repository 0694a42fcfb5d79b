"""Lessons that were published: what colleagues of a school read of causes, without names and without the ticket."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from backend.organisation.actors import Actor
from backend.workflow.models import CauseReview

MOST_LESSONS = 100


class Lesson(NamedTuple):
    """A lesson as colleagues read it: nothing leads from it to what happened, to whom, or who wrote it."""

    id: UUID
    cause: str
    lesson: str
    published_at: datetime


def lessons_of(*, actor: Actor) -> list[Lesson]:
    """Return the last hundred lessons of the actor's school, the newest first; one statement."""
    published = CauseReview.objects.filter(ticket__school=actor.school_scope, approved_at__isnull=False)
    rows = published.exclude(lesson="").order_by("-approved_at", "id")[:MOST_LESSONS]
    return [Lesson(row.id, row.cause, row.lesson, row.approved_at) for row in rows if row.approved_at]
