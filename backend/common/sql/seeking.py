"""Finding the first rows that meet a condition of words, whether it is met by every third row or by one in a million.

The planner cannot tell which: it takes the pairs of one word for independent, and guesses a hundred times too low. So
each way into the list is looked through in its order first. How many of its first rows meet the condition says how far
it is worth looking: not on where a page is full or too few do, else as far as should fill it, which takes a few
milliseconds. Only where a page is not full by then the index of words is asked for all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

FIRST_LOOK, LOOKED_THROUGH = 400, 2000
AMPLE = 1.5
"""Of the rows that should fill a page, going by the first look, so many times as many are looked through."""
LOOKED = """
    (WITH first (id, is_sought) AS MATERIALIZED ({first}),
          counted AS (SELECT count(*) FILTER (WHERE is_sought) AS found FROM first),
          far AS (SELECT CASE WHEN found < %s OR found >= %s THEN 0 ELSE ceil(%s / found) END AS rows FROM counted)
     SELECT greatest((SELECT rows FROM far), %s), count(*), array_agg(looked.id) FILTER (WHERE looked.is_sought)
     FROM (SELECT * FROM first WHERE (SELECT rows FROM far) = 0
           UNION ALL (SELECT * FROM ({whole}) AS whole LIMIT (SELECT rows FROM far))) AS looked (id, is_sought))"""
"""The first rows are taken as they are and not read again where looking further is not worth it."""


@dataclass(frozen=True, slots=True)
class Sought:
    """The condition of rows that are sought, and one that an index answers: whatever meets the first meets it too."""

    condition: Q
    candidates: Q


def keys_sought(*, ways: Sequence[QuerySet[Any]], sought: Sought, limit: int) -> list[Any]:
    """Return the keys of the first rows by each way; one statement where all are found by looking, else two."""
    keys: set[Any] = set()
    missed = []
    for way, (asked, looked, found) in zip(ways, _looked_through(ways, sought.condition, limit), strict=True):
        if looked == min(asked, LOOKED_THROUGH) and len(found) < limit:
            missed.append(way)
        keys.update(found[:limit])
    return [*keys, *_by_index(missed, sought, limit)]


def _looked_through(
    ways: Sequence[QuerySet[Any]], condition: Q, limit: int
) -> Sequence[tuple[float, int, Sequence[Any]]]:
    """Return for each way how many rows were to be looked through, how many there were of these, and the keys found."""
    is_sought = ExpressionWrapper(condition, output_field=BooleanField())
    parts = []
    values: list[Any] = []
    for way in ways:
        rows = way.annotate(is_sought=is_sought).values_list("pk", "is_sought")
        first, first_values = rows[:FIRST_LOOK].query.sql_with_params()
        whole, whole_values = rows[:LOOKED_THROUGH].query.sql_with_params()
        parts.append(LOOKED.format(first=first, whole=whole))
        fills = FIRST_LOOK * limit
        values += [*first_values, fills / LOOKED_THROUGH, limit, AMPLE * fills, FIRST_LOOK, *whole_values]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return [(asked, looked, found or []) for asked, looked, found in cursor.fetchall()]


def _by_index(ways: Sequence[QuerySet[Any]], sought: Sought, limit: int) -> list[Any]:
    """Return the keys of the first of all rows that any of the ways finds; they are collected before they are sorted.

    All ways together are one scan of the index of words: what each of them finds is mostly the same.
    """
    if not ways:
        return []
    rows = reduce(or_, ways).filter(sought.condition, sought.candidates)
    names = [str(name) for name in rows.query.order_by]
    order = ", ".join(f"{name.lstrip('-')}{' DESC' if name.startswith('-') else ''}" for name in names)
    columns = ["id", *(name.lstrip("-") for name in names if name.lstrip("-") != "id")]
    statement, values = rows.order_by().values_list(*columns).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH found ({', '.join(columns)}) AS MATERIALIZED ({statement})"  # noqa: S608 - names of our own
            f" SELECT id FROM found ORDER BY {order} LIMIT {limit}",
            values,
        )
        return [key for (key,) in cursor.fetchall()]
