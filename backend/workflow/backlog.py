"""The backlog: what has been open for more than thirty days, by age, urgency, and why it is stuck."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from backend.common.sql.alternatives import first_values
from backend.common.sql.statements import AlternativesQuerySet
from backend.organisation.actors import Actor
from backend.rulebook.ruleset import Severity
from backend.workflow.models import NEVER_DUE, Ticket
from backend.workflow.sight import tickets_known

OLD = timedelta(days=30)
MOST_LOOKED_AT = 1_000
"""Of so many tickets, those due first, the board tells; no school that clears any of its work has more."""
COLUMNS = ("id", "state", "severity", "assignee_id", "part_count", "filed_at")


class Age(models.TextChoices):
    """The ages of what is in the backlog, the oldest first."""

    OVER_NINETY = "90", _("More than ninety days")
    OVER_SIXTY = "60", _("More than sixty days")
    OVER_THIRTY = "30", _("More than thirty days")


class Stuck(models.TextChoices):
    """The reasons why a ticket does not move; where several hold, the first counts."""

    WAITING = "waiting", _("Waits for somebody outside")
    DECISION = "decision", _("Waits for a decision")
    OFFER = "offer", _("Waits for another office to accept it")
    NOBODY = "nobody", _("Nobody in person has it")
    SILENT = "silent", _("No word from the owner")
    PROMISE = "promise", _("A date is promised")
    WORK = "work", _("Work goes on")


ROWS = """
    WITH backlog AS (
        SELECT CASE WHEN known.filed_at < %s - interval '90 days' THEN '90'
                    WHEN known.filed_at < %s - interval '60 days' THEN '60' ELSE '30' END AS age,
               known.severity,
               CASE WHEN known.state = 'waiting' THEN 'waiting'
                    WHEN 'decision' = ANY(asked.kinds) THEN 'decision'
                    WHEN 'offer' = ANY(asked.kinds) THEN 'offer'
                    WHEN known.assignee_id IS NULL THEN 'nobody'
                    WHEN EXISTS (
                        SELECT FROM deadlines_timer AS timer
                        WHERE timer.subject_kind = 'ticket' AND timer.subject_id = known.id AND timer.target = ''
                          AND timer.clock = 'silence' AND timer.armed AND timer.stopped_at IS NULL
                          AND timer.ladder[1] < %s
                    ) THEN 'silent'
                    WHEN 'promise' = ANY(asked.kinds) THEN 'promise' ELSE 'work' END AS stuck,
               known.filed_at
        FROM ({known}) AS known ({columns}) LEFT JOIN LATERAL (
            SELECT array_agg(part.kind) AS kinds FROM workflow_ticketpart AS part
            WHERE known.part_count > 0 AND part.ticket_id = known.id AND part.ended_at IS NULL
        ) AS asked ON true
    )
    SELECT age, severity, stuck, count(*), min(filed_at) FROM backlog
    GROUP BY 1, 2, 3 ORDER BY age DESC, severity, min(filed_at)"""


@dataclass(frozen=True, slots=True)
class BacklogGroup:
    """The tickets of one age and urgency that are stuck for one reason, and when the oldest of them was filed."""

    age: Age
    severity: Severity
    stuck: Stuck
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """The backlog by groups; `is_cut` where there is more of it than is looked at."""

    groups: Sequence[BacklogGroup]
    is_cut: bool


def backlog_of(*, tickets: AlternativesQuerySet[Ticket], now: datetime) -> AlternativesQuerySet[Ticket]:
    """Keep what is open and older than thirty days; exercises are left out."""
    return tickets.filter(next_due_at__lt=NEVER_DUE, filed_at__lt=now - OLD, is_exercise=False)


def backlog_read(*, actor: Actor, now: datetime) -> Backlog:
    """Return the backlog among what the actor may know of, as far as it is looked at, in one statement."""
    known = backlog_of(tickets=tickets_known(actor=actor, as_reporter=False), now=now)
    looked_at = first_values(known.order_by("next_due_at", "id"), MOST_LOOKED_AT, *COLUMNS)
    statement, parameters = looked_at.query.sql_with_params()
    with connection.cursor() as cursor:
        rows = ROWS.format(known=statement, columns=", ".join(COLUMNS))
        cursor.execute(rows, [now, now, now, *parameters])
        groups = [
            BacklogGroup(Age(age), Severity(severity), Stuck(stuck), count, since)
            for age, severity, stuck, count, since in cursor.fetchall()
        ]
    return Backlog(groups, sum(group.count for group in groups) >= MOST_LOOKED_AT)
