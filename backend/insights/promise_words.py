"""The words of kept promises, and their table in a file. Pure."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backend.insights.selectors.promises import Kept, PartPromises
from backend.insights.sheets import Value
from backend.insights.tables import Table, shown_in_words


def kept_columns() -> list[str]:
    """Return the headings of the numbers, in their order."""
    return [
        *(pgettext("of promises", "Promised"), pgettext("of promises", "Kept"), pgettext("of promises", "Kept late")),
        *(pgettext("of promises", "Date changed"), pgettext("of promises", "Broken")),
    ]


def promises_table(*, parts: Sequence[PartPromises]) -> Table:
    """Return what was promised, by school or office and month, as a table of a file."""
    lines: list[list[Value]] = [
        [part.of.name, part.month, *(shown_in_words(part.counts[kept]) for kept in Kept)] for part in parts
    ]
    columns = [pgettext("school or group", "Of"), _("Month from"), *kept_columns()]
    return Table(_("Kept promises"), columns, lines)
