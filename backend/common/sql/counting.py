"""Counting rows no further than a page needs to know, any number of counts in one statement.

Rows let in by alternatives are read by each of them in the order of an index, and no further than a bound: however
many there are, and however few of them meet a condition, a count costs the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from backend.common.sql.alternatives import first_keys, ways_into


@dataclass(frozen=True, slots=True)
class Counting:
    """A part of a statement that counts, with its values."""

    statement: str
    values: Sequence[Any]


def up_to(rows: QuerySet[Any], most: int) -> Counting:
    """Count rows as far as so many; the count may be larger where several alternatives let rows in."""
    keys, values = first_keys(rows.order_by(), most).query.sql_with_params()
    return Counting(f"(SELECT count(*) FROM ({keys}) AS counted)", values)  # noqa: S608 - Django's statement


def among(rows: QuerySet[Any], conditions: Mapping[str, Q], looked_at: int) -> Counting:
    """Count how many of the first rows by each way there are, and how many of these meet each of some conditions."""
    flags = {name: ExpressionWrapper(each, output_field=BooleanField()) for name, each in conditions.items()}
    parts = [
        way.annotate(**flags).values_list("pk", *flags)[:looked_at].query.sql_with_params() for way in ways_into(rows)
    ]
    looked = " UNION ".join(f"({statement})" for statement, _values in parts)
    counts = ", ".join(["count(*)", *(f"count(*) FILTER (WHERE {name})" for name in flags)])
    statement = f"(SELECT ARRAY[{counts}] FROM ({looked}) AS looked (id, {', '.join(flags)}))"  # noqa: S608 - names of ours
    return Counting(statement, [value for _statement, values in parts for value in values])


def counted(parts: Sequence[Counting]) -> list[Any]:
    """Return what parts count, all in one statement: a number, or for rows looked at their number and each count."""
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(part.statement for part in parts)}",
            [value for part in parts for value in part.values],
        )
        return list(cursor.fetchone())
