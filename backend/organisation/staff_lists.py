"""Reading a staff list: its people line by line, and what is wrong with a cell. Pure."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.common.identities import identity_of, plain_of
from backend.common.lists_in_words import listed_in_words
from backend.common.mail_addresses import is_mail_address, mail_address_of, mail_address_shown
from backend.common.table_files import Line, sheets_read
from backend.common.text_files import FileUnreadable
from backend.organisation.roles import Role
from backend.organisation.staff_headings import LONGEST, REQUIRED, Headings, field_of, headings_of

MOST_PEOPLE = 2000
FORMULA = tuple("=+-@")
FORMULA_TEXT = re.compile(r'="([^"]*)"')
TEXT_MARKS = "'`’\t"
SPOILT = re.compile(r"\d+(\.\d+)?e\+?\d+|\d+\.\d+|\d{4}-\d{2}-\d{2}.*", re.IGNORECASE)
"""A number or day that a spreadsheet made of what was typed."""
LANGUAGES = {
    **dict.fromkeys(("zh", "zh-hans", "zh-cn", "chinese", "中文", "汉语", "简体中文"), User.Language.CHINESE),
    **dict.fromkeys(("en", "english", "英文", "英语"), User.Language.ENGLISH),
}

JOBS = frozenset({
    *("班主任", "副班主任", "教师", "老师", "任课教师", "任课老师", "科任教师", "专任教师", "教研组长", "备课组长"),
    *("年级组长", "职员", "辅导员", "校医", "实验员", "图书管理员", "保安", "门卫", "宿管", "生活老师", "厨师", "工勤"),
    *("工人", "保洁", "司机", "teacher", "class teacher", "homeroom teacher", "form teacher", "subject teacher"),
    *("head of year", "counsellor", "counselor", "nurse", "school nurse", "librarian", "guard", "security guard"),
    *("clerk", "cook", "driver", "cleaner"),
})  # fmt: skip
"""The jobs that stand in a school's own lists where a role is asked for."""


@dataclass(frozen=True, slots=True)
class RowError:
    """A fault of one cell, by the line of the file and the name of the column (empty: the whole line)."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person of a staff list; the unit is still what the file says; no address and no language change nothing."""

    line: int
    staff_number: str
    name: str
    email: str
    unit: str
    role: Role
    language: str

    @property
    def email_shown(self) -> str:
        """The address as its owner would write it."""
        return mail_address_shown(self.email)


@dataclass(frozen=True, slots=True)
class StaffFile:
    """The rows of a staff list that are sound in themselves, what is wrong with the others, and what was left out."""

    headings: Headings
    rows: tuple[StaffRow, ...]
    errors: tuple[RowError, ...]
    notes: tuple[Line, ...]
    """Lines of a single cell, as titles and sums are written; nothing is taken from them."""


def staff_file_read(
    *, content: bytes, encoding: str = "", chosen: Mapping[int, str] | None = None, known: Collection[str] = ()
) -> StaffFile:
    """Read a staff list; raise FileUnreadable, ColumnsMissing, or EncodingUnclear with samples.

    `chosen` says for columns by position what they are, `known` which names the school's units have.
    """
    words = {*map(identity_of, known), *role_words()}
    sheets = sheets_read(
        content=content, encoding=encoding, is_known=lambda word: bool(field_of(word)) or identity_of(word) in words
    )
    lines = next((sheet.lines for sheet in sheets if sheet.lines), ())
    headings = headings_of(lines=lines, chosen=chosen or {})
    below = [line for line in lines if line.number > headings.line]
    if len(below) > MOST_PEOPLE:
        raise FileUnreadable(_("The file holds more than %(count)d people. Please split it.") % {"count": MOST_PEOPLE})
    notes = [line for line in lines if line.number < headings.line or (line in below and _is_note(line, headings))]
    roles = role_words()
    read = [_row(line, headings, roles) for line in below if not _is_note(line, headings)]
    errors = [error for each in read if isinstance(each, list) for error in each]
    return StaffFile(headings, tuple(row for row in read if isinstance(row, StaffRow)), tuple(errors), tuple(notes))


def role_words() -> Mapping[str, Role]:
    """Return every word for a role of a school: its code, and its name in both languages."""
    return _words_for({role.value: role for role in Role if role is not Role.BUREAU_OFFICER})


def _words_for(words: dict[str, Role]) -> dict[str, Role]:
    for language in User.Language.values:
        with translation.override(language):
            words |= {identity_of(str(role.label)): role for role in words.values()}
    return words


def cell_problem(*, name: str, text: str, longest: int, is_required: bool) -> str:
    """Return what is wrong with a cell of text, in the form in which it is stored, or nothing."""
    plain = plain_of(text)
    if not plain:
        return _("This cell is empty.") if is_required else ""
    if len(plain) > longest:
        return _("This is longer than %(limit_value)d characters. Please shorten it.") % {"limit_value": longest}
    if plain.startswith(FORMULA):
        return _("A cell must not begin with =, +, - or @; a spreadsheet would take it for a formula.")
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text):
        return _("This cell holds a line end or a character that cannot be shown.")
    if name == "staff_number" and SPOILT.fullmatch(text):
        return _("A spreadsheet has changed this number. Give the column the format “text” and enter it anew.")
    is_wrong = name == "email" and not is_mail_address(mail_address_of(plain))
    return _("This is not an e-mail address.") if is_wrong else ""


def cell_text(*, name: str, text: str) -> str:
    """Return a cell without the marks by which spreadsheets keep a number a text."""
    found = FORMULA_TEXT.fullmatch(text)
    bare = found[1] if found else text
    return (bare.lstrip(TEXT_MARKS) if name == "staff_number" else bare).strip()


def _row(line: Line, headings: Headings, roles: Mapping[str, Role]) -> StaffRow | list[RowError]:
    if any(line.cells[len(headings.columns) :]):
        return [RowError(line.number, "", _("This line has more cells than the first one."))]
    held = {column.field: cell for column, cell in zip(headings.columns, line.cells, strict=False)}
    values = {name: cell_text(name=name, text=held.get(name, "")) for name in LONGEST}
    found = {
        name: cell_problem(name=name, text=text, longest=LONGEST[name], is_required=name in REQUIRED)
        for name, text in values.items()
    }
    wrong = {name: message for name, message in found.items() if message}
    role = roles.get(identity_of(values["role"]) or Role.REPORTER.value)
    language = LANGUAGES.get(identity_of(values["language"])) if values["language"] else ""
    if role is None:
        wrong.setdefault("role", _no_role(identity_of(values["role"]), roles))
    if language is None:
        wrong.setdefault("language", _("Write zh or en."))
    if wrong or role is None or language is None:
        return [RowError(line.number, name, message) for name, message in wrong.items()]
    plain = {name: plain_of(text) for name, text in values.items()}
    return StaffRow(
        line.number,
        plain["staff_number"],
        plain["name"],
        mail_address_of(plain["email"]),
        plain["unit"],
        role,
        str(language),
    )


def _is_note(line: Line, headings: Headings) -> bool:
    return sum(map(bool, line.cells)) == 1 and len([column for column in headings.columns if column.field]) > 1


def _no_role(word: str, roles: Mapping[str, Role]) -> str:
    """Return why a word is no role of a staff list; an officer of the bureau belongs elsewhere."""
    if word in _words_for({Role.BUREAU_OFFICER.value: Role.BUREAU_OFFICER}):
        return _(
            "The bureau's officers do not work at the school. Enter them on the page “Education bureau or trust”, "
            "or on the sheet “Education bureau” of the workbook."
        )
    names = {"names": listed_in_words(dict.fromkeys(str(role.label) for role in roles.values()))}
    if word in JOBS:
        said = _(
            "This is a job, not a role. Leave the cell empty for whoever only reports, as most teachers do; "
            "for the others write one of: %(names)s."
        )
        return said % names
    return _("There is no role of this name. Write one of: %(names)s.") % names
