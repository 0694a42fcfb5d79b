"""Overdue tickets by office and clock: how many, since when, how far each climbed, and who holds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from backend.common.sql.alternatives import first_values
from backend.deadlines.models import Timer
from backend.organisation.actors import Actor
from backend.organisation.models import School, Unit
from backend.rulebook.ruleset import ClockName
from backend.workflow.clocks import OWN, SUBJECT_KIND
from backend.workflow.sight import tickets_known

MOST_GROUPS = 200
MOST_LOOKED_AT = 2_000
COLUMNS = ("id", "school_id", "owner_id", "assignee_id")
GROUPS = """
    WITH known ({columns}) AS ({known})
    SELECT (SELECT count(*) FROM known), known.school_id, school.name_zh, school.name_en,
           known.owner_id, owner.name_zh, owner.name_en, timer.clock, count(*), min(timer.ladder[1]), max(timer.rung),
           array_remove(array_agg(DISTINCT assignee.name), NULL)
    FROM known
    JOIN deadlines_timer AS timer ON timer.subject_kind = %s AND timer.subject_id = known.id AND timer.target = %s
        AND timer.stopped_at IS NULL AND timer.armed AND timer.ladder[1] < %s
    JOIN organisation_school AS school ON school.id = known.school_id
    JOIN organisation_unit AS owner ON owner.id = known.owner_id
    LEFT JOIN organisation_person AS assignee ON assignee.id = known.assignee_id
    GROUP BY 2, 3, 4, 5, 6, 7, 8
    ORDER BY school.name_zh, known.school_id, min(timer.ladder[1]), known.owner_id, timer.clock
    LIMIT %s"""


@dataclass(frozen=True, slots=True)
class OverdueGroup:
    """The tickets of one office on which one clock is past its due time; `rung` is the highest one reached."""

    school: School
    office: Unit
    clock: str
    count: int
    since: datetime
    rung: int
    holders: Sequence[str]


@dataclass(frozen=True, slots=True)
class Overdue:
    """The overdue tickets by groups; `is_cut` where there is more of it than is looked at."""

    groups: Sequence[OverdueGroup]
    is_cut: bool


def timers_late(*, clock: ClockName, now: datetime) -> QuerySet[Timer]:
    """Return the running timers of tickets themselves on which a clock is past its due time."""
    running = Timer.objects.filter(subject_kind=SUBJECT_KIND, target=OWN, armed=True, stopped_at=None)
    return running.filter(clock=clock, ladder__0__lt=now)


def overdue_groups(*, actor: Actor, now: datetime) -> Overdue:
    """Return what is overdue among what the actor may know of, exercises left out, in one statement.

    Of more tickets than are looked at, those count that have been due longest.
    """
    known = tickets_known(actor=actor, as_reporter=False).filter(next_due_at__lt=now, is_exercise=False)
    looked_at = first_values(known.order_by("next_due_at", "id"), MOST_LOOKED_AT, *COLUMNS)
    statement, parameters = looked_at.query.sql_with_params()
    groups = GROUPS.format(known=statement, columns=", ".join(COLUMNS))
    with connection.cursor() as cursor:
        cursor.execute(groups, [*parameters, SUBJECT_KIND, OWN, now, MOST_GROUPS])
        rows = cursor.fetchall()
    return Overdue([_group(row) for _looked_at, *row in rows], any(row[0] >= MOST_LOOKED_AT for row in rows[:1]))


def _group(row: Sequence[Any]) -> OverdueGroup:
    school_id, school_zh, school_en, office_id, office_zh, office_en, *rest = row
    school = School(id=school_id, name_zh=school_zh, name_en=school_en)
    office = Unit(id=office_id, name_zh=office_zh, name_en=office_en)
    return OverdueGroup(school, office, *rest)
