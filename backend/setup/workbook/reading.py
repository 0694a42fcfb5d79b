"""Reading a workbook: its lines by sheet, each cell checked by what its column holds. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from backend.common.identities import identity_of, plain_of
from backend.common.lists_in_words import listed_in_words
from backend.common.mail_addresses import mail_address_of
from backend.common.table_files import Line, Sheet, sheets_read
from backend.common.text_files import FileUnreadable
from backend.organisation.models.telephones import NUMBER, WRITTEN
from backend.organisation.staff_lists import cell_problem, cell_text
from backend.setup.workbook.other_words import FORMER_SHEETS
from backend.setup.workbook.shape import (
    ONE_NAME,
    SHAPES,
    Column,
    Content,
    Shape,
    SheetName,
    both,
    in_each,
    option_words,
)

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(:00)?")
DAY = re.compile(r"(2\d{3})[-/.年](\d{1,2})[-/.月](\d{1,2})日?( 00:00)?")
DIALLED = re.compile(NUMBER)
BETWEEN_PEOPLE = re.compile(r"[,，、;；\n]+")
END_OF_DAY = "24:00"
MOST_LINES = {SheetName.PEOPLE: 5000}
MOST_OTHER_LINES = 10_000
HEADINGS_WITHIN = 6
NAMING = frozenset({"code", "staff_number", "name", "name_zh", "name_en"})
"""The columns by which other lines refer to one."""


@dataclass(frozen=True, slots=True)
class CellError:
    """A fault of one cell, by its sheet, line and column (empty: the line or the sheet as a whole)."""

    sheet: SheetName
    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a sheet: its values by column, each in the form in which it is stored or compared."""

    line: int
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]


@dataclass(frozen=True, slots=True)
class Filled:
    """A workbook as it was filled in: the lines of the sheets that are in it, what is wrong, and what was left out."""

    entries: Mapping[SheetName, tuple[Entry, ...]]
    errors: tuple[CellError, ...]
    left_out: tuple[str, ...]
    """Sheets and columns that nothing is taken from."""
    unread: Mapping[SheetName, frozenset[str]] = field(default_factory=dict)
    """The codes, numbers and names in lines that have a fault: what refers to them has none of its own."""

    def of(self, name: SheetName) -> tuple[Entry, ...]:
        """Return the lines of a sheet; none where it is not in the file."""
        return self.entries.get(name, ())

    def unread_of(self, *names: SheetName) -> frozenset[str]:
        """Return what the faulty lines of some sheets would have made known, in the form of comparison."""
        return frozenset().union(*(self.unread.get(name, frozenset()) for name in names))


def workbook_sheets(*, content: bytes) -> tuple[Sheet, ...]:
    """Return those sheets of a file that belong to a workbook, as they stand; raise FileUnreadable."""
    sheets = sheets_read(content=content, is_known=_is_nothing)
    known = tuple(sheet for sheet in sheets if _shape_of(sheet.name))
    if not known:
        names = listed_in_words(both(shape.title) for shape in SHAPES)
        raise FileUnreadable(_("No sheet of this file is called like one of these: %(names)s.") % {"names": names})
    return known


def workbook_read(*, sheets: Sequence[Sheet]) -> Filled:
    """Check every cell of the sheets of a workbook; raise FileUnreadable where a sheet is too long."""
    entries: dict[SheetName, tuple[Entry, ...]] = {}
    unread: dict[SheetName, frozenset[str]] = {}
    errors: list[CellError] = []
    left_out: list[str] = []
    for sheet in sheets:
        shape = _shape_of(sheet.name)
        if shape is None:
            continue
        at, columns = _columns(sheet, shape)
        left_out += [f"{sheet.name}: {heading}" for heading, column in columns if heading and column is None]
        there = {column.name for _heading, column in columns if column}
        missing = [c for c in shape.columns if (c.is_required or c.instead) and not {c.name, c.instead} & there]
        errors += [CellError(shape.name, at, str(column.title), _("This column is missing.")) for column in missing]
        options = {column.name: option_words(column.options) for column in shape.columns if column.options}
        lines = _below(sheet, shape, at)
        read = [] if missing else [_entry(shape, line, columns, options) for line in lines]
        entries[shape.name] = tuple(each for each in read if isinstance(each, Entry))
        errors += [error for each in read if isinstance(each, list) for error in each]
        wrong = {error.line for error in errors if error.sheet is shape.name}
        unread[shape.name] = _names_in([line for line in lines if missing or line.number in wrong], columns)
    return Filled(entries, tuple(errors), tuple(left_out), unread)


def _names_in(lines: Sequence[Line], columns: Sequence[tuple[str, Column | None]]) -> frozenset[str]:
    cells = (
        cell for line in lines for (_h, column), cell in zip(columns, line.cells, strict=False) if _is_name(column)
    )
    return frozenset(identity_of(cell) for cell in cells if cell)


def _is_name(column: Column | None) -> bool:
    return column is not None and column.name in NAMING


def _is_nothing(_word: str) -> bool:
    return False


def _shape_of(name: str) -> Shape | None:
    word = FORMER_SHEETS.get(name.strip(), identity_of(name))
    return next((shape for shape in SHAPES if word in _titles(shape.title) | {identity_of(shape.name)}), None)


def _titles(words: object) -> set[str]:
    return {identity_of(word) for word in (both(words), *in_each(words))}  # type: ignore[arg-type]


def _columns(sheet: Sheet, shape: Shape) -> tuple[int, list[tuple[str, Column | None]]]:
    """Return the line of the headings, and what each column from the first on holds."""
    words = {word: column for column in shape.columns for word in _titles(column.title) | {column.name}}
    best = max(
        sheet.lines[:HEADINGS_WITHIN],
        key=lambda line: sum(_heading(cell) in words for cell in line.cells),
        default=Line(1, ()),
    )
    return best.number, [(cell, words.get(_heading(cell))) for cell in best.cells]


def _heading(cell: str) -> str:
    return identity_of(cell.replace("*", ""))


def _below(sheet: Sheet, shape: Shape, at: int) -> list[Line]:
    """Return the lines below the headings without those that are marked as examples in a first column of their own."""
    lines = [line for line in sheet.lines if line.number > at]
    most = MOST_LINES.get(shape.name, MOST_OTHER_LINES)
    if len(lines) > most:
        raise FileUnreadable(_("The file holds more than %(count)d lines. Please split it.") % {"count": most})
    heading = next((line.cells for line in sheet.lines if line.number == at), ())
    has_marks = bool(heading) and not heading[0]
    return [line for line in lines if not (has_marks and line.cells[0])]


def _entry(
    shape: Shape, line: Line, columns: Sequence[tuple[str, Column | None]], options: Mapping[str, Mapping[str, str]]
) -> Entry | list[CellError]:
    held = {column.name: cell for (_h, column), cell in zip(columns, line.cells, strict=False) if column}
    values: dict[str, str] = {}
    errors: list[CellError] = []
    for column in shape.columns:
        text = cell_text(name=_read_as(column), text=held.get(column.name, ""))
        if column.content is Content.PEOPLE:
            text = text.replace("\n", ",")
        message = "" if column.is_ignored else _problem(column, text)
        value = _value(column, plain_of(text), options.get(column.name, {})) if text and not message else ""
        if message or value is None:
            errors.append(CellError(shape.name, line.number, str(column.title), message or _hint(column)))
        values[column.name] = value or ""
    nameless = [column for column in shape.columns if column.instead and not _is_written(column, held)]
    errors += [CellError(shape.name, line.number, str(column.title), str(ONE_NAME)) for column in nameless]
    return errors or Entry(line.number, values)


def _is_written(column: Column, held: Mapping[str, str]) -> bool:
    """Say whether a cell, or the one that may stand in for it, has something in it."""
    return bool(held.get(column.name) or held.get(column.instead))


def _read_as(column: Column) -> Content:
    """Return the content whose cells spreadsheets spoil in the same way."""
    return Content.NUMBER if column.content is Content.TELEPHONE else column.content


def _problem(column: Column, text: str) -> str:
    # Alone of all cells a telephone number may begin with a plus.
    bare = text.removeprefix("+") if column.content is Content.TELEPHONE else text
    return cell_problem(name=_read_as(column), text=bare, longest=column.longest, is_required=column.is_required)


def _value(column: Column, text: str, options: Mapping[str, str]) -> str | None:
    """Return a cell as it is stored or compared; None where it does not fit its column."""
    if column.content is Content.CHOICE:
        return options.get(identity_of(text))
    read = READ.get(column.content)
    return read(text) if read else text


def _code(text: str) -> str | None:
    return text.lower() if CODE.fullmatch(text.lower()) else None


def _telephone(text: str) -> str | None:
    return text if DIALLED.fullmatch(text) else None


def _people(text: str) -> str:
    return ",".join(filter(None, map(plain_of, BETWEEN_PEOPLE.split(text))))


def _day(text: str) -> str | None:
    found = DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups()[:3])).isoformat() if found else None
    except ValueError:
        return None


def _clock(text: str) -> str | None:
    """Return a time of day; 24:00 is the end of a day and stays so."""
    text = text.replace("：", ":")
    found = CLOCK.fullmatch(text)
    return END_OF_DAY if text == END_OF_DAY else f"{int(found[1]):02d}:{found[2]}" if found else None


READ: Mapping[Content, Callable[[str], str | None]] = {
    Content.CODE: _code,
    Content.EMAIL: mail_address_of,
    Content.DAY: _day,
    Content.CLOCK: _clock,
    Content.TELEPHONE: _telephone,
    Content.PEOPLE: _people,
}
"""By sort of content, what makes of a cell the form in which it is stored or compared; other cells stay as they are."""


def _hint(column: Column) -> str:
    if column.content is Content.CHOICE:
        return _("Choose one of: %(names)s.") % {"names": listed_in_words(map(str, column.options.values()))}
    return {
        Content.TELEPHONE: str(WRITTEN),
        Content.CODE: _("A code is made of small letters, digits and hyphens, for example class-7-1."),
        Content.DAY: _("Write a day like 2026-09-01."),
        Content.CLOCK: _("Write a time like 18:00."),
    }[column.content]
