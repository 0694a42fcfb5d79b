"""The statements of the figures, composed from what a reader may count and what they chose of it.

The day of a report is that of its school's own clock; every statement takes it from `LOCAL`, the one place for zones.
What was merged into another ticket is not counted, since the other one is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import connection

from backend.insights.behind import CONDITIONS, What
from backend.insights.models import OVER
from backend.insights.shapes import REPEATS_WITHIN, Narrowing, Period
from backend.rulebook.ruleset import Confidentiality, Kind
from backend.rulebook.wording import Group
from backend.workflow.counted import Countable, Extent
from backend.workflow.states import State

LOCAL = "counted.filed_at AT TIME ZONE school.time_zone"
ZONES_APART = timedelta(days=1)
"""No zone is further from UTC: so much earlier and later is read than the days that are counted."""
REACHES = {
    Extent.SCHOOL: "counted.school_id = ANY(%(reach)s)",
    Extent.BUREAU: "school.bureau_id = ANY(%(reach)s)",
    Extent.OFFICES: "counted.office_id = ANY(%(reach)s)",
}
COUNTABLE = """
    SELECT counted.ticket_id, counted.school_id, counted.office_id, counted.place_id, counted.category, counted.kind,
           counted.state, counted.filed_at, counted.acknowledged_at, counted.resolved_at, counted.missed_at,
           counted.level, counted.reopenings, {local} AS filed_local,
           coalesce(grouped.name, %(other)s) AS category_group
    FROM insights_countedticket AS counted
    JOIN organisation_school AS school ON school.id = counted.school_id
    LEFT JOIN unnest(%(codes)s::text[], %(groups)s::text[]) AS grouped(code, name) ON grouped.code = counted.category
    WHERE {reach} AND counted.state <> %(merged)s
      AND counted.confidentiality = ANY(%(classes)s) AND counted.seal = ANY(%(seals)s)
      AND NOT EXISTS (
          SELECT FROM workflow_ticketparticipant AS involved
          WHERE involved.ticket_id = counted.ticket_id
            AND (%(reader)s::uuid IS NULL OR involved.person_id = %(reader)s)
      )
      AND (%(school)s::uuid IS NULL OR counted.school_id = %(school)s)
      AND (%(office)s::uuid IS NULL OR counted.office_id = %(office)s)
      AND (%(group)s::text IS NULL OR coalesce(grouped.name, %(other)s) = %(group)s)"""
FIGURES = """
    WITH countable AS ({countable} AND counted.filed_at >= %(since)s AND counted.filed_at < %(until)s
    ), repeating AS (
        SELECT countable.*, place_id IS NOT NULL AND filed_at - lag(filed_at) OVER (
            PARTITION BY school_id, place_id, category ORDER BY filed_at, ticket_id
        ) <= %(within)s AS is_repeat
        FROM countable
    ), figure AS MATERIALIZED (
        SELECT repeating.*, date_trunc('week', filed_local)::date AS week FROM repeating
        WHERE filed_local >= %(first)s::date AND filed_local < %(after)s::date
    )"""
# Of numbers, and both in one go: of lengths of time, one by one, it takes four times as long.
MEASURED = """count({at}),
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM {at} - filed_at)::double precision)"""
TIMES = ", ".join(MEASURED.format(at=at) for at in ("acknowledged_at", "resolved_at"))
TALLY = ", ".join((
    "count(*)",
    *(f"count(*) FILTER (WHERE {CONDITIONS[what]})" for what in (What.INCIDENTS, What.HAZARDS, What.NEAR_MISSES)),
    TIMES,
    *(f"count(*) FILTER (WHERE {CONDITIONS[what]})" for what in (What.OVERDUE, What.ESCALATED, What.REOPENED)),
    *(f"count(*) FILTER (WHERE {CONDITIONS[what]})" for what in (What.REPEATS, What.OPEN, What.WAITING, What.DECLINED)),
))  # fmt: skip
"""The columns of a tally, in the order of its fields."""
TALLIES = """
    SELECT 'tally', json_build_array(grouping(week, {part}, category_group), week, {part}, category_group, {tally})
    FROM figure GROUP BY GROUPING SETS ((), (week), ({part}), (category_group))"""
ONLY_TALLIES = f"{{figures}} {TALLIES}"
# One statement reads and sorts the tickets of a period once for all its parts. By weekday and hour what was filed in
# it, and by age what is open now, whenever it was filed.
ALL_FIGURES = f"""{{figures}}, still_open AS ({{countable}} AND counted.state <> ALL(%(over)s)), repeated AS (
        SELECT school_id, place_id, category, count(*) AS times, max(filed_at) AS last_at FROM figure
        WHERE place_id IS NOT NULL GROUP BY school_id, place_id, category HAVING bool_or(is_repeat)
        ORDER BY count(*) DESC, max(filed_at) DESC, place_id, category LIMIT %(most)s
    )
    {TALLIES}
    UNION ALL
    SELECT 'hour', json_build_array(extract(isodow FROM filed_local), extract(hour FROM filed_local), count(*))
    FROM figure GROUP BY extract(isodow FROM filed_local), extract(hour FROM filed_local)
    UNION ALL
    SELECT 'age', json_build_array(width_bucket(%(now)s - filed_at, %(ages)s::interval[]), count(*))
    FROM still_open GROUP BY width_bucket(%(now)s - filed_at, %(ages)s::interval[])
    UNION ALL
    SELECT 'hand', json_build_array(
        {{held_by}}, count(*), percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY hand.seconds)
    )
    FROM figure JOIN insights_countedhand AS hand ON hand.ticket_id = figure.ticket_id GROUP BY {{held_by}}
    UNION ALL
    SELECT 'repeated', json_build_array(
        repeated.school_id, place.id, place.name_zh, place.name_en, category, times, extract(epoch FROM last_at)
    )
    FROM repeated JOIN organisation_place AS place ON place.id = repeated.place_id"""  # noqa: S608 - statements of our own
# Whole months alone, undivided by week, office or place: answers for other days would differ by single reports.
CONFIDENTIAL = """
    WITH countable AS (
        {countable} AND counted.seal <> 'K0' AND counted.filed_at >= %(since)s AND counted.filed_at < %(until)s
    )
    SELECT date_trunc('month', filed_local)::date, {heading}, count(*), {times} FROM countable
    WHERE filed_local >= %(first)s::date AND filed_local < %(after)s::date GROUP BY 1, 2"""
BEHIND = """{figures}
    SELECT ticket_id FROM figure WHERE {condition}
      AND (%(weekday)s::integer IS NULL OR extract(isodow FROM filed_local) = %(weekday)s)
      AND (%(hour)s::integer IS NULL OR extract(hour FROM filed_local) = %(hour)s)
      AND (%(place)s::uuid IS NULL OR (place_id = %(place)s AND category = %(category)s))
    ORDER BY filed_at DESC, ticket_id LIMIT %(most)s"""
OF_AGE = """
    WITH countable AS ({countable} AND counted.state <> ALL(%(over)s))
    SELECT ticket_id FROM countable WHERE width_bucket(%(now)s - filed_at, %(ages)s::interval[]) = %(age)s
    ORDER BY filed_at DESC, ticket_id LIMIT %(most)s"""


@dataclass(frozen=True, slots=True)
class Asked:
    """The reader's extent, what they chose of it, the period, and the group of each category."""

    countable: Countable
    period: Period
    narrowing: Narrowing
    groups: Mapping[str, Group]

    def rows(
        self, statement: str, *, seals: Sequence[Confidentiality], condition: str = "", **more: Any
    ) -> list[tuple[Any, ...]]:
        """Carry out a statement over tickets whose highest class is one of these; return its rows."""
        countable = COUNTABLE.format(local=LOCAL, reach=REACHES[self.countable.extent])
        figures = FIGURES.format(countable=countable)
        part, heading = (
            ("school_id", "school_id") if self.countable.extent is Extent.BUREAU else ("office_id", "category_group")
        )
        composed = statement.format(
            countable=countable,
            figures=figures,
            tally=TALLY,
            times=TIMES,
            part=part,
            heading=heading,
            held_by="figure.school_id" if part == "school_id" else "hand.office_id",
            condition=condition,
        )
        with connection.cursor() as cursor:
            cursor.execute(composed, {**self._parameters(), "seals": list(seals), **more})
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def _parameters(self) -> dict[str, Any]:
        first, after = (datetime.combine(day, time(), UTC) for day in (self.period.first, self.period.after))
        return {
            "reader": self.countable.reader,
            "reach": list(self.countable.ids),
            "classes": sorted(self.countable.classes),
            "school": self.narrowing.school,
            "office": self.narrowing.office,
            "group": self.narrowing.group,
            "codes": list(self.groups),
            "groups": list(self.groups.values()),
            "other": Group.OTHER,
            "first": self.period.first,
            "after": self.period.after,
            "since": first - REPEATS_WITHIN - ZONES_APART,
            "until": after + ZONES_APART,
            "within": REPEATS_WITHIN,
            "over": list(OVER),
            "incident": Kind.INCIDENT,
            "hazard": Kind.HAZARD,
            "near_miss": Kind.NEAR_MISS,
            "waiting": State.WAITING,
            "declined": State.DECLINED,
            "merged": State.MERGED,
        }
