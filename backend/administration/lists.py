"""Lists of the administration pages answer to their own filters, their search and their columns, to nothing else.

Django lets every field of the row be looked up from the address. Whoever may open a list could so find out, character
by character, what no page shows, for example the hash of a password.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from unfold.views import ChangeList

from backend.common.row_numbers import row_numbers

ALWAYS = frozenset({ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR})


class StrictList(ChangeList):  # type: ignore[misc]
    """A list that answers 400 to whatever it does not offer; `further_parameters` are those of links to it."""

    further_parameters: frozenset[str] = frozenset()
    list_display: Any
    list_filter: Any
    search_fields: Any

    def get_filters(self, request: HttpRequest) -> Any:
        """Read the filters; raise BadRequest for one that is not offered."""
        asked = request.GET
        offered = {*ALWAYS, *self.further_parameters, *self._filters(), *([SEARCH_VAR] if self.search_fields else [])}
        if asked.keys() - offered or not self._sorts_by(asked.get(ORDER_VAR, "")):
            raise BadRequest
        return super().get_filters(request)

    def _filters(self) -> Iterator[str]:
        for offered in self.list_filter:
            yield f"{offered}__exact" if isinstance(offered, str) else offered.parameter_name

    def _sorts_by(self, ordering: str) -> bool:
        """Say whether each part is the number of a column that can be sorted by, as in `0.-2`."""
        numbers = [part.removeprefix("-") for part in ordering.split(".") if ordering]
        columns = row_numbers(numbers)
        return len(columns) == len(numbers) and all(
            column < len(self.list_display) and self.get_ordering_field(self.list_display[column]) for column in columns
        )
