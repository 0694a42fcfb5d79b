"""Faults of the cells of a file as a page lists them: what is wrong alike in many lines is said once. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import ngettext

from backend.common.lists_in_words import listed_in_words

MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a column in some lines of a sheet (both may be empty), and in how many cells it stands."""

    sheet: str | Promise
    column: str
    message: str
    lines: Sequence[int]

    @property
    def where(self) -> str:
        """The sheet, the first of its lines, and the column."""
        return " · ".join(filter(None, (str(self.sheet), self.lines_said, self.column)))

    @property
    def lines_said(self) -> str:
        """The first of its lines."""
        named = listed_in_words(map(str, self.lines), most=MOST_LINES)
        return ngettext("Line %(named)s", "Lines %(named)s", len(self.lines)) % {"named": named}


def faults_joined(cells: Iterable[tuple[str | Promise, int, str, str]]) -> list[Fault]:
    """Return cells (sheet, line, column, message) with the same fault as one, in the order of the first of each."""
    lines: dict[tuple[str | Promise, str, str], list[int]] = {}
    for sheet, line, column, message in cells:
        lines.setdefault((sheet, column, message), []).append(line)
    return [Fault(sheet, column, message, found) for (sheet, column, message), found in lines.items()]
