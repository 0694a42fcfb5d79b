"""Tables from files: workbooks (XLSX) and text, as sheets of lines of cells, whatever program wrote them. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from backend.common.archives import DAMAGED
from backend.common.text_files import FileUnreadable, IsKnown, text_decoded
from backend.common.workbook_files import workbook_unpacked

MAXIMUM_BYTES = 2_000_000
MOST_LINES = 20_000
MOST_CELLS = 60
SEPARATORS = (",", ";", "\t", "|")
SEPARATOR_LINE = re.compile(r'"?sep=([^"\r\n ])"?[,;\t|]*(\r\n|\r|\n)', re.IGNORECASE)
LINES_LOOKED_AT = 20
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")
EXACT = 10**15
"""From here on a spreadsheet has rounded the last digits of a number."""

Cell = str | int | float | bool | time | date | datetime | timedelta


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet that is not empty, by its number in the file."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook; a text file is one sheet without a name."""

    name: str
    lines: tuple[Line, ...]


def sheets_read(*, content: bytes, is_known: IsKnown, encoding: str = "") -> tuple[Sheet, ...]:
    """Return the sheets of a file; raise FileUnreadable, or EncodingUnclear with samples.

    Words that are known prove the encoding of a text, and tell which separator it uses.
    """
    if len(content) > MAXIMUM_BYTES:
        raise FileUnreadable(_("The file is larger than 2 MB. Please split it."))
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(MARKUP):
        raise FileUnreadable(
            _("This is a web page that calls itself a spreadsheet. Open it, save it as “.xlsx”, and choose that file.")
        )
    if start.startswith(b"begin:vcalendar"):
        raise FileUnreadable(_("This is a calendar (iCal), not a table. It is taken in on the calendar's page."))
    if content.startswith(OLE):
        raise FileUnreadable(
            _("This is an old “.xls” file, or one with a password. Open it, save it as “.xlsx” without a password.")
        )
    if content.startswith(ZIP):
        return _workbook(content)
    return (_text(text_decoded(content=content, is_known=is_known, encoding=encoding), is_known),)


def _workbook(content: bytes) -> tuple[Sheet, ...]:
    try:
        book = CalamineWorkbook.from_filelike(workbook_unpacked(content=content))
        sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names]
        return tuple(
            _sheet(name, sheet.to_python(skip_empty_area=False, nrows=MOST_LINES + 1)) for name, sheet in sheets
        )
    except (CalamineError, *DAMAGED) as error:
        raise FileUnreadable(
            _("This workbook cannot be opened; it may be damaged. Save it anew as “.xlsx” and choose that file.")
        ) from error


def _sheet(name: str, rows: Sequence[Sequence[Cell]]) -> Sheet:
    lines = (Line(number, tuple(map(_shown, row[:MOST_CELLS]))) for number, row in enumerate(rows, start=1))
    return Sheet(name, _bounded(line for line in lines if any(line.cells)))


def _shown(cell: Cell) -> str:
    """Return a cell as people read it; a number that lost digits stays one that shows it."""
    if isinstance(cell, float):
        is_whole = cell.is_integer() and abs(cell) < EXACT
        return str(int(cell)) if is_whole else f"{cell:.5E}" if abs(cell) >= EXACT else repr(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d" if cell.time() == time.min else "%Y-%m-%d %H:%M")
    if isinstance(cell, timedelta):
        return _clock(int(cell.total_seconds()) // 60)
    return cell.strftime("%H:%M") if isinstance(cell, time) else str(cell).strip()


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _text(text: str, is_known: IsKnown) -> Sheet:
    told = SEPARATOR_LINE.match(text)
    skipped = 1 if told else 0
    rest = text[told.end() :] if told else text
    separator = told[1] if told else max(SEPARATORS, key=lambda each: _fits(rest, each, is_known))
    return Sheet("", _bounded(_lines(rest, separator, skipped)))


def _fits(text: str, separator: str, is_known: IsKnown) -> tuple[int, int]:
    """Return how many known words one of the first lines has if cut by a separator, then how often it stands there."""
    counted = (0, 0)
    for line in text.splitlines()[:LINES_LOOKED_AT]:
        cells = line.split(separator)
        counted = max(counted, (sum(is_known(cell.strip().strip('"')) for cell in cells), len(cells)))
    return counted


def _lines(text: str, separator: str, skipped: int) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    began = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Line(began + skipped, tuple(cell.strip() for cell in cells[:MOST_CELLS]))
            began = reader.line_num + 1
    except csv.Error as error:
        where = _("The file cannot be read from line %(line)d on; look for a quotation mark that is not closed.")
        raise FileUnreadable(where % {"line": began + skipped}) from error


def _bounded(lines: Iterator[Line]) -> tuple[Line, ...]:
    kept: list[Line] = []
    for line in lines:
        if len(kept) == MOST_LINES:
            raise FileUnreadable(
                _("The file holds more than %(count)d lines. Please split it.") % {"count": MOST_LINES}
            )
        kept.append(line)
    return tuple(kept)
