"""Query sets whose rows are let in by alternatives, each with an index of its own, read a page at a time.

Conditions joined by OR cannot be read in the order of any index, so a database sorts all that match. A page needs no
more than its own length of rows from each alternative.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any, Self, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


class AlternativesQuerySet(QuerySet[Row]):
    """A query set that remembers the alternatives by which its rows were let in."""

    alternatives: tuple[Q, ...] = ()

    def matching_any(self, alternatives: Sequence[Q]) -> Self:
        """Return the rows that match one of the alternatives at least; without a alternative, none."""
        chosen = self.filter(reduce(or_, alternatives)) if alternatives else self.none()
        chosen.alternatives = tuple(alternatives)
        return chosen

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone.alternatives = self.alternatives
        return clone


def first_page(rows: QuerySet[Any], limit: int) -> QuerySet[Any]:
    """Return the first rows of an ordered query set, of each alternative reading no more than that many.

    Their keys are read first and the rows with all that is joined to them afterwards: as one statement it takes the
    database six times as long to plan. The second still asks whether a row is let in.
    """
    if len(getattr(rows, "alternatives", ())) <= 1:
        return rows[:limit]
    return rows.filter(pk__in=list(first_keys(rows, limit)))[:limit]


def first_keys(rows: QuerySet[Any], limit: int) -> QuerySet[Any]:
    """Return the keys of the first rows of each of several alternatives; those of the first page are among them."""
    parts = [
        rows.filter(alternative).values_list("pk", flat=True)[:limit]
        for alternative in getattr(rows, "alternatives", ())
    ]
    return parts[0].union(*parts[1:])
