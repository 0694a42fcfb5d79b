"""The board of a day: which offices have said that all is well, what was reported, and who is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q

from backend.organisation.actors import Actor
from backend.organisation.models import School, Unit
from backend.rounds.models import Round, RoundAnswer, RoundState, Said
from backend.rounds.selectors.showing import rounds_known

MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class SchoolRounds:
    """The rounds of a school on a day, counted by how they stand."""

    school: School
    all_well: int
    to_report: int
    missing: int
    waiting: int
    excused: int


def rounds_of_day(*, actor: Actor, day: date, now: datetime, school_id: UUID | None = None) -> list[Round]:
    """Return the rounds of a day that somebody knows of, but for those of classes, with what was said; two queries."""
    answers = Prefetch("answers", RoundAnswer.objects.select_related("by").order_by("-number"))
    rounds = rounds_known(actor=actor, now=now).filter(day=day).exclude(unit__kind=Unit.Kind.CLASS)
    if school_id is not None:
        rounds = rounds.filter(school=school_id)
    told = rounds.select_related("unit", "school", "assignee", "excuse__by").prefetch_related(answers)
    return list(told.order_by("plan", "unit__code", "id")[:MOST_SHOWN])


def schools_of_day(*, actor: Actor, day: date, now: datetime) -> Sequence[SchoolRounds]:
    """Return the schools an officer of the bureau knows of by how their day stands, those missing most first."""
    answered = Q(state=RoundState.ANSWERED)
    rows = rounds_known(actor=actor, now=now).filter(day=day).order_by().values("school")
    counted = rows.annotate(
        all_well=Count("id", filter=answered & Q(said=Said.ALL_WELL)),
        to_report=Count("id", filter=answered & Q(said=Said.TO_REPORT)),
        missing=Count("id", filter=Q(state=RoundState.MISSED)),
        waiting=Count("id", filter=Q(state__in=(RoundState.OPEN, RoundState.PLANNED))),
        excused=Count("id", filter=Q(state=RoundState.EXCUSED)),
    )
    found = list(counted)
    schools = School.objects.in_bulk([row["school"] for row in found])
    boards = [
        SchoolRounds(
            schools[row["school"]], row["all_well"], row["to_report"], row["missing"], row["waiting"], row["excused"]
        )
        for row in found
    ]
    return sorted(boards, key=lambda board: (-board.missing, -board.to_report, board.school.code))
