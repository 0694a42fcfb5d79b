"""Kept promises by school or office and month: never by person, and no number that tells of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from backend.insights.selectors.extents import Reach, reach_of, reach_of_school
from backend.insights.shapes import USUAL_WEEKS, Named, Narrowing, Period, month_of, months_of, weeks_until
from backend.insights.statements import Asked
from backend.insights.veiling import Shown, shown_of
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.rulebook.ruleset import Confidentiality

# A promise belongs to the month in which it was made, so that no later date moves it to another. Those of tickets that
# are merged are counted with none.
PROMISES = """
    WITH countable AS ({countable}), made AS (
        SELECT countable.{part} AS part_id, part.outcome, part.ended_at, part.due_at,
               (part.asked_at AT TIME ZONE school.time_zone)::date AS made_on,
               (SELECT count(*) FROM workflow_promiseddate AS named WHERE named.part_id = part.id) > 1 AS is_changed
        FROM countable
        JOIN organisation_school AS school ON school.id = countable.school_id
        JOIN workflow_ticketpart AS part ON part.ticket_id = countable.ticket_id AND part.kind = 'promise'
    )
    SELECT part_id, date_trunc('month', made_on)::date, count(*),
           count(*) FILTER (WHERE outcome = 'done' AND ended_at <= due_at),
           count(*) FILTER (WHERE outcome = 'done' AND ended_at > due_at),
           count(*) FILTER (WHERE is_changed),
           count(*) FILTER (WHERE outcome <> 'done' AND coalesce(ended_at, %(now)s) > due_at)
    FROM made WHERE made_on >= %(first)s::date AND made_on < %(after)s::date
    GROUP BY 1, 2 ORDER BY 2 DESC"""


class Kept(StrEnum):
    """The numbers of promises, in the order in which they are counted."""

    PROMISED = "promised"
    KEPT = "kept"
    LATE = "late"
    CHANGED = "changed"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class PartPromises:
    """A school or an office, a month, and the numbers of what was promised in it, in steps of five."""

    of: Named
    month: date
    counts: Mapping[Kept, Shown]


def promises_of(*, actor: Actor, period: Period | None, narrowing: Narrowing, now: datetime) -> list[PartPromises]:
    """Return what was promised on open reports in the months of a period (None: twelve weeks), the last month first.

    Raise PermissionDenied for whoever reads no figures, NotFound where they chose what is not theirs.
    """
    actor.require(Permission.FIGURES_READ)
    reach = reach_of(actor=actor)
    reach.check(narrowing)
    period = period or weeks_until(today=reach.today(now), weeks=USUAL_WEEKS)
    return promises_within(reach=reach, period=period, narrowing=narrowing, now=now)


def promises_of_month(*, actor: Actor, school_id: UUID, month: date, now: datetime) -> list[PartPromises]:
    """Return the same of one month of one school."""
    actor.require(Permission.FIGURES_READ)
    reach = reach_of_school(actor=actor, school_id=school_id)
    period = month_of(year=month.year, month=month.month)
    return promises_within(reach=reach, period=period, narrowing=Narrowing(school=school_id), now=now)


def promises_within(*, reach: Reach, period: Period, narrowing: Narrowing, now: datetime) -> list[PartPromises]:
    """Return the same within what somebody may count; one statement."""
    months = months_of(period)
    whole = Period(months[0].first, months[-1].last)
    asked = Asked(reach.countable, whole, narrowing, reach.groups)
    parts = {part.id: Named(str(part.id), part.name_zh, part.name_en) for part in reach.parts}
    return [
        PartPromises(parts[part_id], month, dict(zip(Kept, (shown_of(n, is_final=False) for n in counts), strict=True)))
        for part_id, month, *counts in asked.rows(PROMISES, seals=(Confidentiality.K0,), now=now)
        if part_id in parts
    ]
