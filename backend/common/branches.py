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


class BranchedQuerySet(QuerySet[Row]):
    """A query set that remembers the alternatives by which its rows were let in."""

    branches: tuple[Q, ...] = ()

    def in_branches(self, branches: Sequence[Q]) -> Self:
        """Return the rows that match one of the branches at least; without a branch, none."""
        chosen = self.filter(reduce(or_, branches)) if branches else self.none()
        chosen.branches = tuple(branches)
        return chosen

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone.branches = self.branches
        return clone


def first_rows(rows: QuerySet[Any], limit: int) -> QuerySet[Any]:
    """Return the first rows of an ordered query set, of each branch reading no more than that many."""
    branches = getattr(rows, "branches", ())
    if len(branches) <= 1:
        return rows[:limit]
    parts = [rows.filter(branch).values("pk")[:limit] for branch in branches]
    return rows.filter(pk__in=parts[0].union(*parts[1:]))[:limit]
