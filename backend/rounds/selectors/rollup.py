"""The roll-up of a school's day: what its offices and classes said, what is new, and what is urgent and open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from backend.organisation.actors import Actor
from backend.rounds.models import Round, RoundState, Said
from backend.rounds.selectors.board import rounds_of_day
from backend.rounds.selectors.classes import ClassesOfDay, classes_of_day
from backend.rulebook.round_rules import RoundKind
from backend.rulebook.ruleset import Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.models import Ticket
from backend.workflow.sight import tickets_known
from backend.workflow.states import OVER

MOST_URGENT = 20


@dataclass(frozen=True, slots=True)
class RollUp:
    """A school's day as somebody may know of it: `offices` are the reports of the day, `urgent` the open tickets P1."""

    offices: Sequence[Round]
    classes: Sequence[ClassesOfDay]
    new: int
    urgent: Sequence[Ticket]

    @property
    def all_well(self) -> int:
        """How many offices said that all is well."""
        return sum(row.said == Said.ALL_WELL for row in self.offices)

    @property
    def to_report(self) -> Sequence[Round]:
        """The offices that have something to report."""
        return [row for row in self.offices if row.said == Said.TO_REPORT]

    @property
    def missing(self) -> Sequence[Round]:
        """The offices of which nobody has answered in time."""
        return [row for row in self.offices if row.state == RoundState.MISSED]

    @property
    def waiting(self) -> Sequence[Round]:
        """The offices that have not answered yet and have time."""
        return [row for row in self.offices if row.state in {RoundState.OPEN, RoundState.PLANNED}]


def urgent_open(*, actor: Actor, school_id: UUID) -> QuerySet[Ticket]:
    """Return the tickets P1 of a school that are not over, as far as somebody may know of them."""
    known = tickets_known(actor=actor).filter(school=school_id, severity=Severity.P1, is_exercise=False)
    return known.exclude(state__in=OVER).order_by("filed_at", "id")


def roll_up_of(*, actor: Actor, row: Round, now: datetime) -> RollUp:
    """Return the day of the school that a round belongs to; six statements, however many offices and classes."""
    rows = rounds_of_day(actor=actor, day=row.day, now=now, school_id=row.school_id)
    begins = datetime.combine(row.day, time.min, ZoneInfo(row.school.time_zone))
    new = tickets_known(actor=actor).filter(school=row.school_id, is_exercise=False)
    return RollUp(
        offices=_once_each([one for one in rows if _kind(one) is RoundKind.DAILY_REPORT]),
        classes=classes_of_day(actor=actor, day=row.day, now=now, school_id=row.school_id),
        new=new.filter(filed_at__gte=begins, filed_at__lt=begins + timedelta(days=1)).count(),
        urgent=list(urgent_open(actor=actor, school_id=row.school_id)[:MOST_URGENT]),
    )


def _once_each(reports: Sequence[Round]) -> list[Round]:
    """Return one report for each office, of several a day the one that needs somebody first."""
    found: dict[UUID | None, Round] = {}
    for row in reports:
        if row.unit_id not in found or _need(row) < _need(found[row.unit_id]):
            found[row.unit_id] = row
    return list(found.values())


def _need(row: Round) -> int:
    if row.state == RoundState.ANSWERED:
        return 1 if row.said == Said.TO_REPORT else 3
    return {RoundState.MISSED.value: 0, RoundState.EXCUSED.value: 4}.get(row.state, 2)


def _kind(row: Round) -> RoundKind:
    return ruleset_get(row.rulebook_id).round_plans[row.plan].kind
