"""By what the list of a portal that asks for itself can be narrowed."""

from datetime import datetime

from django.db.models import QuerySet
from django_filters.rest_framework import FilterSet

from backend.common.filtering import LOOK_BACK, InstantFilter
from backend.todos.models import PushedTodo
from backend.todos.selectors.pulling import todos_changed


class PulledFilter(FilterSet):  # type: ignore[misc]
    """The parameters of that list."""

    updated_since = InstantFilter(
        method="changed_since",
        label="What changed at this instant or later, what is done or gone too; the minute before is answered again.",
    )

    class Meta:
        model = PushedTodo
        fields: list[str] = []

    def changed_since(self, rows: QuerySet[PushedTodo], _name: str, instant: datetime) -> QuerySet[PushedTodo]:
        """Keep what changed since an instant, and in the minute before."""
        return todos_changed(rows=rows, since=instant - LOOK_BACK)
