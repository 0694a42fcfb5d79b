"""The rules by which whatever holds at a school begins, is taken over by what comes next, and ends.

Whoever or whatever is named anew takes over: the one before holds until the day before. Days that are over stay as they
were.
"""

from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from django.db.models import F, Q, QuerySet

from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.responsibility.errors import ShareBackwards, ShareOver, SharePast, ShareTaken
from backend.responsibility.models import Lasting
from backend.responsibility.selectors.shares import school_of_map, today_at

ONE_DAY = timedelta(days=1)
Row = TypeVar("Row", bound=Lasting)


class Spanned(Protocol):
    """Something that is to hold from a day until another, or until further notice."""

    @property
    def from_day(self) -> date: ...
    @property
    def until_day(self) -> date | None: ...


def school_locked(*, actor: Actor) -> School:
    """Return the actor's school, whose map is changed by one after the other."""
    school = school_of_map(actor=actor)
    School.objects.select_for_update(no_key=True).get(id=school.id)
    return school


def days_check(*, school: School, draft: Spanned, now: datetime) -> None:
    """Raise SharePast for days that are over, and ShareBackwards for a last day before the first."""
    if draft.from_day < today_at(school=school, now=now):
        raise SharePast(pointer="/from_day")
    if draft.until_day is not None and draft.until_day < draft.from_day:
        raise ShareBackwards(pointer="/until_day")


def take_over(*, held: QuerySet[Row], draft: Spanned) -> None:
    """End whatever holds on the new days; raise ShareTaken where something is set for a later day among them."""
    since = draft.from_day
    overlapping = held.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=since)).exclude(ends_on=F("from_day"))
    if draft.until_day is not None:
        overlapping = overlapping.filter(from_day__lte=draft.until_day)
    rows = list(overlapping)
    if any(row.from_day > since for row in rows):
        raise ShareTaken(pointer="/from_day")
    for row in rows:
        row.ends_on = since
        row.save(update_fields=["ends_on"])


def spanned(*, actor: Actor, school: School, draft: Spanned, now: datetime) -> dict[str, object]:
    """Return what every row says of its days, and of who entered it."""
    return {
        "school": school,
        "from_day": draft.from_day,
        "ends_on": draft.until_day and draft.until_day + ONE_DAY,
        "by_id": actor.person_id,
        "at": now,
    }


def span_end(*, row: Lasting, school: School, until_day: date, now: datetime) -> None:
    """Let something end with a day, today at the earliest; raise ShareOver where it ends sooner already."""
    today = today_at(school=school, now=now)
    if until_day < today:
        raise SharePast(pointer="/until_day")
    ends_on = until_day + ONE_DAY if row.from_day <= until_day else row.from_day
    if row.ends_on is not None and row.ends_on <= max(today, row.from_day, ends_on):
        raise ShareOver
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
