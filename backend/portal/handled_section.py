"""The word of reporters on the handling, as a section of the figures. Pure."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backend.insights.selectors.handled import PartHandled
from backend.insights.tables import shown_in_words
from backend.portal.figure_shapes import Cell, Row, Section
from backend.workflow.models import Handled


def handled_section(parts: Sequence[PartHandled]) -> Section:
    """Return what reporters said, by school or office."""
    rows = [Row(Cell(part.of.name), [Cell(shown_in_words(part.said[word])) for word in Handled]) for part in parts]
    note = _("Said by reporters after closing. Not shown: fewer than 5; other numbers are rounded down to 5, 10, 15 …")
    columns = [pgettext("school or group", "Of"), *(str(word.label) for word in Handled)]
    return Section("handled", gettext_lazy("Was it well handled?"), columns, rows, note=note)
