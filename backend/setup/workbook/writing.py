"""Writing the workbook: an empty one to fill in, or one that holds the present state of a school. Pure."""

import io
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from backend.setup.workbook.shape import SHAPES, Column, Content, Rows, both, in_each

EXAMPLE_MARK = "例 e.g."
FIRST_FREE = 3
LAST_OFFERED = 5000
HEAD = PatternFill("solid", fgColor="1F6B4F")
GREY = Font(italic=True, color="777777")
WIDTHS = {
    Content.CODE: 16,
    Content.NUMBER: 14,
    Content.DAY: 13,
    Content.CLOCK: 9,
    Content.CHOICE: 24,
    Content.EMAIL: 30,
}
READ_ME = (
    _(
        "Fill in a sheet, save the file as “.xlsx”, and choose it on the page “The school in one workbook”."
        " Nothing is stored before you have seen what it would do and confirmed it."
    ),
    _("Columns with * must be filled in. Lines with a mark in the first column are examples and are not read."),
    _(
        "A sheet that is taken out or left empty changes nothing. What is missing stays as it is; what is over is only"
        " ever proposed."
    ),
    _("Next year: export the workbook, change the names and classes, and read it again."),
)


def workbook_written(*, rows: Rows) -> bytes:
    """Return a workbook with these rows below an example line on every sheet."""
    book = Workbook()
    front = book.worksheets[0]
    front.title = both(_("Read me"))
    front.column_dimensions["A"].width = 100
    for number, words in enumerate(READ_ME, start=1):
        front.cell(number, 1, "\n".join(dict.fromkeys(in_each(words)))).alignment = Alignment(wrap_text=True)
    offered = book.create_sheet(both(_("Choices")))
    offered.sheet_state = "hidden"
    for shape in SHAPES:
        sheet = book.create_sheet(both(shape.title))
        _head(sheet, shape.columns)
        _offer(sheet, offered, shape.columns)
        for at, row in enumerate(rows.get(shape.name, ()), start=FIRST_FREE):
            _fill(sheet, at, shape.columns, row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(sheet: Worksheet, columns: Sequence[Column]) -> None:
    sheet.freeze_panes = "B2"
    sheet.column_dimensions["A"].width = 8
    sheet.cell(2, 1, EXAMPLE_MARK).font = GREY
    for at, column in enumerate(columns, start=2):
        cell = sheet.cell(1, at, both(column.title) + (" *" if column.is_required else ""))
        cell.fill = HEAD
        cell.font = Font(bold=True, color="FFFFFF")
        cell.alignment = Alignment(wrap_text=True)
        if column.note:
            cell.comment = Comment("\n".join(in_each(column.note)), "Allclear", width=320, height=120)
        dimension = sheet.column_dimensions[get_column_letter(at)]
        dimension.width, dimension.number_format = WIDTHS.get(column.content, 26), "@"
        _text(sheet, 2, at, _shown(column, column.example))
        sheet.cell(2, at).font = GREY


def _offer(sheet: Worksheet, offered: Worksheet, columns: Sequence[Column]) -> None:
    """Offer the choices of a column in a list that drops down; they stand on a hidden sheet."""
    for at, column in enumerate(columns, start=2):
        if not column.options:
            continue
        place = offered.max_column + 1
        for number, words in enumerate(column.options.values(), start=1):
            offered.cell(number, place, both(words))
        letter = get_column_letter(place)
        where = f"'{offered.title}'!${letter}$1:${letter}${len(column.options)}"
        validation = DataValidation(type="list", formula1=where, allow_blank=True)
        validation.add(f"{get_column_letter(at)}{FIRST_FREE}:{get_column_letter(at)}{LAST_OFFERED}")
        sheet.add_data_validation(validation)


def _fill(sheet: Worksheet, at: int, columns: Sequence[Column], row: Mapping[str, str]) -> None:
    for number, column in enumerate(columns, start=2):
        _text(sheet, at, number, _shown(column, row.get(column.name, "")))


def _shown(column: Column, value: str) -> str:
    return both(column.options[value]) if column.options and value else value


def _text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Write a text as a text, so that nothing becomes a formula and no number loses its zeros."""
    if text:
        cell = sheet.cell(row, column)
        cell.value = text
        cell.data_type = "s"
        cell.number_format = "@"
