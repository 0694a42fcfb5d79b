"""Filling in the empty workbook by hand: each list of the school goes below the example line of its sheet."""

from pathlib import Path

from openpyxl import load_workbook

from tools.prove.hour.lists import Lists

FIRST_FREE_ROW, FIRST_COLUMN = 3, 2


def template_fill(*, path: Path, lists: Lists) -> None:
    """Write the lists into an empty workbook, as it was downloaded."""
    book = load_workbook(path)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][1:]
    for at, rows in lists.sheets.items():
        for line, cells in enumerate(rows, start=FIRST_FREE_ROW):
            for column, value in enumerate(cells, start=FIRST_COLUMN):
                sheets[at].cell(line, column, value or None)
    book.save(path)
