"""Workbooks (XLSX) unpacked within bounds, before a table is laid out: what was looked at is what is read. Pure."""

import io
import re
import zipfile
from collections.abc import Sequence

from django.utils.translation import gettext as _

from backend.common.archives import ArchiveTooLarge, archive_entries
from backend.common.text_files import FileUnreadable

MAXIMUM_UNPACKED = 60_000_000
MOST_LAID_OUT = 5_000_000
"""Cells of all sheets together; a table is laid out as a grid, so that empty ones between others take room too."""
MAXIMUM_REPEATED = 200_000_000
"""Bytes of text: a text that stands once in the file and in many cells is copied into each of them."""
LONGEST_LETTERS, LONGEST_NUMBER = 3, 7

PLACED = re.compile(rb"<(?:[^\s<>/:]+:)?(?:row|c)(?=[\s/>])[^<]*")
PLACE = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]*)([0-9]*)""")
"""The place that a cell (BC12) or a line (12) says it has; letters may be small."""
LINE, CELL, VALUE, TEXT = (
    re.compile(rb"<(?:[^\s<>/:]+:)?row(?=[\s/>])"),
    re.compile(rb"<(?:[^\s<>/:]+:)?c(?=[\s/>])"),
    re.compile(rb"</(?:[^\s<>/:]+:)?v\s*>"),
    re.compile(rb"</(?:[^\s<>/:]+:)?si\s*>"),
)


def workbook_unpacked(*, content: bytes) -> io.BytesIO:
    """Return the same workbook without compression; raise FileUnreadable where reading it would take much memory.

    The sizes that an archive states of itself prove nothing to another program, so it gets what was unpacked here.
    Raises what `zipfile` and its methods of compression raise.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        try:
            entries = archive_entries(packed=packed, most_unpacked=MAXIMUM_UNPACKED)
        except ArchiveTooLarge:
            raise _too_large() from None
        parts = {entry.filename: packed.read(entry) for entry in entries}
    _check(list(parts.values()))
    unpacked = io.BytesIO()
    with zipfile.ZipFile(unpacked, "w") as book:
        for name, part in parts.items():
            book.writestr(name, part)
    unpacked.seek(0)
    return unpacked


def _check(parts: Sequence[bytes]) -> None:
    """Look at every part, since a sheet may lie under any name."""
    sheets = [part for part in parts if b"sheetData" in part]
    longest = max((len(text) for part in parts for text in TEXT.split(part)[:-1]), default=0)
    repeated = longest * sum(len(VALUE.findall(sheet)) for sheet in sheets)
    if repeated > MAXIMUM_REPEATED or sum(map(_grid, sheets)) > MOST_LAID_OUT:
        raise _too_large()


def _grid(sheet: bytes) -> int:
    """Return at least how many cells a sheet takes as a grid: lines and cells that say no place follow the others."""
    last_line = last_column = 0
    for letters, number in set(PLACE.findall(b"".join(PLACED.findall(sheet)))):
        if len(letters) > LONGEST_LETTERS or len(number) > LONGEST_NUMBER:
            raise _too_large()
        last_line = max(last_line, int(number or 0))
        last_column = max(last_column, _column(letters))
    lines = LINE.split(sheet)
    return (last_line + len(lines) - 1) * (last_column + max(len(CELL.findall(line)) for line in lines))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_large() -> FileUnreadable:
    return FileUnreadable(_("This workbook is too large. Take out pictures and empty lines and columns, or split it."))
