"""The board of a day: which offices have said that all is well, what was reported, and who is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Min, Prefetch, Q, QuerySet

from backend.organisation.actors import Actor
from backend.organisation.models import School, Unit
from backend.rounds.models import Round, RoundAnswer, RoundState, Said
from backend.rounds.selectors.showing import rounds_known
from backend.rounds.sight import coming_to, known_to
from backend.rulebook.round_rules import RoundKind
from backend.rulebook.selectors import ruleset_get

MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class SchoolRounds:
    """The rounds of a school on a day, counted by how they stand, and its own report, where its rules have one."""

    school: School
    report: Round | None
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
    return list(told.order_by("plan", "unit__code", "opens_at", "id")[:MOST_SHOWN])


def rounds_missed(*, actor: Actor, day: date, now: datetime) -> QuerySet[Round]:
    """Return the rounds of a day that somebody knows of and that nobody has answered in time."""
    return Round.objects.filter(known_to(actor=actor, now=now), day=day, state=RoundState.MISSED)


def rounds_to_come(
    *, actor: Actor, day: date, now: datetime, school_id: UUID | None = None
) -> tuple[int, datetime | None]:
    """Return how many rounds of a day will open that somebody will know of then, and when the first does."""
    coming = Round.objects.filter(coming_to(actor=actor, now=now), day=day)
    if school_id is not None:
        coming = coming.filter(school=school_id)
    found = coming.aggregate(count=Count("id"), first=Min("opens_at"))
    return found["count"], found["first"]


def schools_of_day(*, actor: Actor, day: date, now: datetime) -> Sequence[SchoolRounds]:
    """Return the schools an officer of the bureau knows of by how their day stands, those missing most first.

    The reports of the schools stand apart; the counts are of offices and classes. Three statements.
    """
    known = rounds_known(actor=actor, now=now).filter(day=day)
    reports = {row.school_id: row for row in known.filter(unit=None).order_by("-due_at", "id") if _is_report(row)}
    answered = Q(unit__isnull=False, state=RoundState.ANSWERED)
    of_units = Q(unit__isnull=False)
    counted = (
        known.order_by()
        .values("school")
        .annotate(
            all_well=Count("id", filter=answered & Q(said=Said.ALL_WELL)),
            to_report=Count("id", filter=answered & Q(said=Said.TO_REPORT)),
            missing=Count("id", filter=of_units & Q(state=RoundState.MISSED)),
            waiting=Count("id", filter=of_units & Q(state__in=(RoundState.OPEN, RoundState.PLANNED))),
            excused=Count("id", filter=of_units & Q(state=RoundState.EXCUSED)),
        )
    )
    found = list(counted)
    schools = School.objects.in_bulk([row["school"] for row in found])
    boards = [
        SchoolRounds(
            school=schools[row["school"]],
            report=reports.get(row["school"]),
            all_well=row["all_well"],
            to_report=row["to_report"],
            missing=row["missing"],
            waiting=row["waiting"],
            excused=row["excused"],
        )
        for row in found
    ]
    return sorted(boards, key=_most_needed)


def _most_needed(board: SchoolRounds) -> tuple[bool, int, int, str]:
    is_missing = board.report is not None and board.report.state == RoundState.MISSED
    return not is_missing, -board.missing, -board.to_report, board.school.code


def _is_report(row: Round) -> bool:
    return ruleset_get(row.rulebook_id).round_plans[row.plan].kind is RoundKind.SCHOOL_REPORT
