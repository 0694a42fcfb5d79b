"""Lessons that were published: what colleagues of a school read of causes, without names and without the ticket."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

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
    return _lessons(CauseReview.objects.filter(ticket__school=actor.school_scope))


def lessons_published(*, school_id: UUID, since: datetime, until: datetime) -> list[Lesson]:
    """Return the lessons of a school that were published within a time."""
    published = CauseReview.objects.filter(approved_at__gte=since, approved_at__lt=until)
    return _lessons(published.filter(ticket__school=school_id))


def lessons_among(*, school_id: UUID, ids: Collection[UUID]) -> list[Lesson]:
    """Return those of a school's lessons as they stand now; what was erased or waits for approval again is none."""
    reviews = CauseReview.objects.filter(id__in=ids, ticket__school=school_id)
    return _lessons(reviews, most=len(ids)) if ids else []


def _lessons(reviews: QuerySet[CauseReview], *, most: int = MOST_LESSONS) -> list[Lesson]:
    rows = reviews.filter(approved_at__isnull=False).exclude(lesson="").order_by("-approved_at", "id")[:most]
    return [Lesson(row.id, row.cause, row.lesson, row.approved_at) for row in rows if row.approved_at]
