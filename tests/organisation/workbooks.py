"""Small workbooks for tests, as a spreadsheet would save them."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]], *, far: str = "") -> bytes:
    """Return the bytes of a workbook with these sheets; `far` is a cell that is written far away."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name or "Sheet")
        for row in rows:
            sheet.append(list(row))
        if far:
            sheet[far] = "x"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
