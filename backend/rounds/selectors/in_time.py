"""The rounds of some days of a school, counted by whether somebody answered in time; no office and no person."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q

from backend.rounds.models import NOT_OPENED, Round, RoundState


@dataclass(frozen=True, slots=True)
class RoundsInTime:
    """The rounds that were asked for: answered in time or late, without an answer in time, and excused."""

    asked: int
    in_time: int
    late: int
    unanswered: int
    excused: int


def rounds_in_time(*, school_id: UUID, first: date, last: date, now: datetime) -> RoundsInTime:
    """Return the counts of the days from the first to the last; one statement.

    The last night goes on into the next day: what nobody has answered and still can in time is not counted.
    """
    begun = Round.objects.filter(school=school_id, day__gte=first, day__lte=last).exclude(state__in=NOT_OPENED)
    asked = begun.exclude(state=RoundState.OPEN, late_at__gt=now)
    answered = Q(state=RoundState.ANSWERED)
    return RoundsInTime(
        **asked.aggregate(
            asked=Count("id"),
            in_time=Count("id", filter=answered & Q(answered_at__lte=F("late_at"))),
            late=Count("id", filter=answered & Q(answered_at__gt=F("late_at"))),
            unanswered=Count("id", filter=Q(state__in=(RoundState.OPEN, RoundState.MISSED))),
            excused=Count("id", filter=Q(state=RoundState.EXCUSED)),
        )
    )
