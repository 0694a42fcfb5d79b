"""Kept promises as a section of the figures. Pure."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backend.common.moments import month_in_words
from backend.insights.promise_words import kept_columns
from backend.insights.selectors.promises import Kept, PartPromises
from backend.insights.tables import shown_in_words
from backend.portal.figure_shapes import Cell, Row, Section


def promises_section(parts: Sequence[PartPromises]) -> Section:
    """Return what was promised and what became of it, by month and by school or office."""
    rows = [
        Row(
            Cell(part.of.name),
            [Cell(month_in_words(part.month)), *(Cell(shown_in_words(part.counts[kept])) for kept in Kept)],
        )
        for part in parts
    ]
    note = _(
        "By the month in which a date was promised, in whole months. Broken: the date is past, and it is not solved. "
        "Not shown: fewer than 5; other numbers are rounded down to 5, 10, 15 …"
    )
    columns = [pgettext("school or group", "Of"), pgettext("of promises", "Month"), *kept_columns()]
    return Section("promises", gettext_lazy("Kept promises"), columns, rows, note=note)
