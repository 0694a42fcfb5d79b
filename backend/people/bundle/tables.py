"""A file of a OneRoster bundle as rows by their headings; what is not asked for is never looked at. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from backend.people.bundle.faults import BundleFaulty, BundleUnreadable, Fault, FaultCode

MOST_LINES = 500_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file; of a column that the file does not have the cell is empty."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def fault(self, column: str, code: FaultCode, message: str) -> Fault:
        """Return a fault of one of its cells."""
        return Fault(self.file, self.line, column, code, message)


def rows_read(*, name: str, text: str, needed: Sequence[str], wanted: Sequence[str] = ()) -> Iterator[Row]:
    """Yield the rows of a file with the columns that are needed or wanted; raise BundleFaulty or BundleUnreadable."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    began = 1
    try:
        headings = [cell.strip().lower() for cell in next(reader, [])]
        places = _places(name, headings, needed, wanted)
        began = reader.line_num + 1
        for number, row in enumerate(reader):
            if number == MOST_LINES:
                raise BundleUnreadable(_("%(name)s holds too many lines.") % {"name": name})
            if any(row):
                yield Row(name, began, {column: row[at].strip() for column, at in places.items() if at < len(row)})
            began = reader.line_num + 1
    except csv.Error as error:
        said = _("%(name)s cannot be read from line %(line)d on; look for a quotation mark that is not closed.")
        raise BundleUnreadable(said % {"name": name, "line": began}) from error


def _places(name: str, headings: Sequence[str], needed: Sequence[str], wanted: Sequence[str]) -> dict[str, int]:
    missing = [column for column in needed if column.lower() not in headings]
    if missing:
        said = _("This column is missing.")
        raise BundleFaulty([Fault(name, 1, column, FaultCode.HEADING_MISSING, said) for column in missing])
    return {column: headings.index(column.lower()) for column in (*needed, *wanted) if column.lower() in headings}
