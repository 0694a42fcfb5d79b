"""Finding the first rows that meet a condition of words, whether it is met by every third row or by one in a million.

The planner cannot tell which: it takes the pairs of one word for independent, and guesses a hundred times too low. So
each way into the list is looked through in its order first, for as many rows as take a few milliseconds. Only where a
page is not full by then, which no common word leaves so, the index of words is asked for all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

LOOKED_THROUGH = 2000


@dataclass(frozen=True, slots=True)
class Sought:
    """The condition of rows that are sought, `unsought` all of those in which they are, and what an index finds.

    Whatever meets the condition is among the `candidates`.
    """

    unsought: QuerySet[Any]
    condition: Q
    candidates: Q


def keys_sought(*, rows: QuerySet[Any], sought: Sought, alternatives: Sequence[Q], limit: int) -> list[Any]:
    """Return the keys of the first rows by each alternative; one statement where all are found by looking, else two."""
    keys: set[Any] = set()
    missed = []
    for alternative, (looked, found) in zip(alternatives, _looked_through(rows, sought, alternatives), strict=True):
        if looked == LOOKED_THROUGH and len(found) < limit:
            missed.append(alternative)
        keys.update(found[:limit])
    return [*keys, *_by_index(rows.filter(sought.candidates), missed, limit)]


def _looked_through(
    rows: QuerySet[Any], sought: Sought, alternatives: Sequence[Q]
) -> Sequence[tuple[int, Sequence[Any]]]:
    """Return for each alternative how many of its first rows there were to look through, and the keys found."""
    is_sought = ExpressionWrapper(sought.condition, output_field=BooleanField())
    first = sought.unsought.order_by(*rows.query.order_by).select_related(None).annotate(is_sought=is_sought)
    parts = []
    values: list[Any] = []
    for alternative in alternatives:
        looked = first.filter(alternative).values_list("pk", "is_sought")[:LOOKED_THROUGH]
        statement, parameters = looked.query.sql_with_params()
        parts.append(
            f"(SELECT count(*), array_agg(looked.id) FILTER (WHERE looked.is_sought)"  # noqa: S608 - Django's statements
            f" FROM ({statement}) AS looked (id, is_sought))"
        )
        values += parameters
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return [(looked, found or []) for looked, found in cursor.fetchall()]


def _by_index(rows: QuerySet[Any], alternatives: Sequence[Q], limit: int) -> list[Any]:
    """Return the keys of the first of all rows that the index finds, by each alternative."""
    if not alternatives:
        return []
    names = [str(name) for name in rows.query.order_by]
    order = ", ".join(f"{name.lstrip('-')}{' DESC' if name.startswith('-') else ''}" for name in names)
    columns = ["id", *(name.lstrip("-") for name in names if name.lstrip("-") != "id")]
    ways, firsts = [], []
    values: list[Any] = []
    for number, alternative in enumerate(alternatives):
        found = rows.filter(alternative).order_by().select_related(None).values_list(*columns)
        statement, parameters = found.query.sql_with_params()
        ways.append(f"found_{number} ({', '.join(columns)}) AS MATERIALIZED ({statement})")
        firsts.append(f"(SELECT id FROM found_{number} ORDER BY {order} LIMIT {limit})")  # noqa: S608 - names of our own
        values += parameters
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(ways)} {' UNION '.join(firsts)}", values)
        return [key for (key,) in cursor.fetchall()]
