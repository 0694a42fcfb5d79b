"""Figures in words: values of tables and key numbers, each with the address of its tickets. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from backend.insights.behind import What
from backend.insights.shapes import Tally
from backend.portal.charts import Chart

Text = str | Promise
NONE = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table, with the address of the tickets behind it where there is a list of them."""

    words: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what it is about, and its values."""

    head: Cell
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: what it is about, the chart if there is one, and its table."""

    id: str
    title: Text
    columns: Sequence[Text]
    rows: Sequence[Row]
    chart: Chart | None = None
    note: Text = ""
    is_folded: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether there is a chart with nothing in it, and nothing but none in the table beside it."""
        words = {cell.words for row in self.rows for cell in row.cells}
        return self.chart is not None and self.chart.is_blank and words <= {"0", "0%", NONE}


@dataclass(frozen=True, slots=True)
class KeyNumber:
    """One number at the head of the page, what it is, and what else belongs to it."""

    value: Cell
    label: Text
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of the tickets behind numbers; `page` is their list with what the reader chose."""

    page: str

    def of(self, count: int, what: What, **more: str) -> Cell:
        """Return a number that opens its tickets; none is no list."""
        if not count:
            return Cell("0")
        chosen = "&".join(f"{name}={value}" for name, value in {"what": what.value, **more}.items())
        return Cell(str(count), f"{self.page}&{chosen}")


def time_in_words(length: timedelta | None) -> str:
    """Return a length of time in its two largest units, shortly; a dash where nothing was measured."""
    if length is None:
        return NONE
    minutes = round(length.total_seconds() / 60)
    days, hours = minutes // (24 * 60), minutes % (24 * 60) // 60
    if days:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes % 60}
    return _("%(minutes)d min") % {"minutes": minutes}


def share_in_words(tally: Tally, part: int) -> str:
    """Return a part of what was filed in percent; nothing where nothing was filed."""
    share = tally.share(part)
    return "" if share is None else f"{share:.0%}"
