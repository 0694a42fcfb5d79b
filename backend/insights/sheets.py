"""Writing tables into files line by line: workbooks (XLSX) and text (CSV) that Excel opens as it is. Pure.

No more than a line is held in memory. What people typed stays a text: a workbook says so of each cell, and in a CSV a
text that a spreadsheet would take for a formula gets an apostrophe before it.
"""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Protocol

from backend.common.later import Later

if TYPE_CHECKING:
    import openpyxl
    from openpyxl import cell as cells
    from openpyxl import styles
else:
    openpyxl, cells, styles = Later("openpyxl"), Later("openpyxl.cell"), Later("openpyxl.styles")

Value = str | int | float | date | datetime | None
FORMULA_MARKS = frozenset("=+-@\t\r\n＝＋－＠")
LONGEST_TITLE = 31
NO_CHARACTERS = frozenset("\ufffe\uffff")
"""Code points that no XML may hold, and with one of which a program opens no workbook at all."""
FORBIDDEN_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
INSTANT, DAY = "yyyy-mm-dd hh:mm", "yyyy-mm-dd"


class SheetWriter(Protocol):
    """Takes tables one after the other, each with its heading and then its lines."""

    def begin(self, title: str, columns: Sequence[str]) -> None:
        """Begin a table."""
        ...

    def line(self, values: Sequence[Value]) -> None:
        """Add a line to it."""
        ...

    def end(self) -> None:
        """Complete the file."""
        ...


class CsvWriter:
    """Text in UTF-8 with the mark by which Excel knows it; tables stand below each other."""

    def __init__(self, file: IO[bytes]) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        self._lines = csv.writer(self._text)
        self._tables = 0

    def begin(self, title: str, columns: Sequence[str]) -> None:
        """Begin a table, after an empty line and its title where it is not the first."""
        if self._tables:
            self._lines.writerow([])
            self._lines.writerow([title])
        self._tables += 1
        self._lines.writerow(columns)

    def line(self, values: Sequence[Value]) -> None:
        """Add a line to it."""
        self._lines.writerow([_harmless(value) for value in values])

    def end(self) -> None:
        """Write what is left, and leave the file open."""
        self._text.detach()


class XlsxWriter:
    """A workbook with a sheet for each table."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._book = openpyxl.Workbook(write_only=True)

    def begin(self, title: str, columns: Sequence[str]) -> None:
        """Begin a sheet with its heading, which stays in sight."""
        self._sheet = self._book.create_sheet(title.translate(FORBIDDEN_IN_TITLES)[:LONGEST_TITLE])
        self._sheet.freeze_panes = "A2"
        self._sheet.append([self._cell(column, bold=True) for column in columns])

    def line(self, values: Sequence[Value]) -> None:
        """Add a line to it."""
        self._sheet.append([self._cell(value) for value in values])

    def end(self) -> None:
        """Write the workbook."""
        self._book.save(self._file)

    def _cell(self, value: Value, *, bold: bool = False) -> object:
        if value is None:
            return None
        shown = _printable(value) if isinstance(value, str) else value
        cell = cells.WriteOnlyCell(self._sheet)
        cell.value = shown
        if isinstance(value, str):
            cell.data_type = "s"
        elif isinstance(value, date):
            cell.number_format = INSTANT if isinstance(value, datetime) else DAY
        if bold:
            cell.font = styles.Font(bold=True)
        return cell


WRITERS: dict[str, Callable[[IO[bytes]], SheetWriter]] = {"csv": CsvWriter, "xlsx": XlsxWriter}


def _harmless(value: Value) -> Value:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, str):
        text = _printable(value)
        return f"'{text}" if text.lstrip(" \u3000")[:1] in FORMULA_MARKS and text.strip() else text
    return value


def _printable(text: str) -> str:
    """Return a text without the characters that a workbook cannot hold."""
    return "".join(letter for letter in text if letter in "\t\n" or (letter >= " " and letter not in NO_CHARACTERS))
