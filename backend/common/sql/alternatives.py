"""The first page of rows that are let in by alternatives.

Conditions joined by OR cannot be read in the order of any index: a page reads no more than its own length of rows by
each alternative.
"""

from typing import Any

from django.db.models import QuerySet

from backend.common.sql.seeking import keys_sought


def first_page(rows: QuerySet[Any], limit: int) -> QuerySet[Any]:
    """Return the first rows of an ordered query set, of each alternative reading no more than that many.

    Their keys are read first and the rows with all that is joined to them afterwards: as one statement it takes the
    database six times as long to plan. The second still asks whether a row is let in.
    """
    if sought := getattr(rows, "sought", None):
        return rows.filter(pk__in=keys_sought(ways=ways_into(rows), sought=sought, limit=limit))[:limit]
    if len(getattr(rows, "alternatives", ())) <= 1:
        return rows[:limit]
    return rows.filter(pk__in=list(first_keys(rows, limit)))[:limit]


def first_keys(rows: QuerySet[Any], limit: int) -> QuerySet[Any]:
    """Return the keys of the first rows of each of several alternatives; those of the first page are among them."""
    return first_values(rows, limit, "pk", flat=True)


def first_values(rows: QuerySet[Any], limit: int, *fields: str, flat: bool = False) -> QuerySet[Any]:
    """Return some fields, the key among them, of the first rows of each of several alternatives, each row once."""
    first, *others = [way.values_list(*fields, flat=flat)[:limit] for way in ways_into(rows)]
    return first.union(*others) if others else first


def ways_into(rows: QuerySet[Any]) -> list[QuerySet[Any]]:
    """Return the rows by each of their alternatives, in their order."""
    plain = getattr(rows, "plain", None)
    if plain is None:
        return [rows]
    ordered = plain.order_by(*rows.query.order_by)
    return [ordered.filter(alternative) for alternative in getattr(rows, "alternatives", ())] or [ordered]
