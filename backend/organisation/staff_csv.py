"""Reading a staff list as Excel and other programs write it: encodings, separators, headings, cells. Pure."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.models import User
from backend.common.errors import Invalid
from backend.organisation.roles import Role

MAXIMUM_BYTES = 2_000_000
MOST_LINES = 2000
ENCODINGS = ("utf-8-sig", "gb18030")
SEPARATORS = ",;\t"
FORMULA = tuple("=+-@")
LONGEST = {"staff_number": 40, "name": 80, "email": 254, "unit": 120, "role": 40, "language": 20}
REQUIRED = ("staff_number", "name", "email", "unit")
HEADINGS = {
    **{name: name for name in LONGEST},
    **dict.fromkeys(("工号", "职工号", "教工号", "编号"), "staff_number"),
    **dict.fromkeys(("姓名", "名字"), "name"),
    **dict.fromkeys(("e_mail", "mail", "邮箱", "电子邮箱", "电子邮件", "邮件"), "email"),
    **dict.fromkeys(("office", "部门", "处室", "科室", "单位"), "unit"),
    **dict.fromkeys(("角色", "职务", "岗位"), "role"),
    **dict.fromkeys(("语言",), "language"),
}
LANGUAGES = {
    **dict.fromkeys(("zh", "zh-hans", "zh-cn", "chinese", "中文", "汉语", "简体中文"), User.Language.CHINESE),
    **dict.fromkeys(("en", "english", "英文", "英语"), User.Language.ENGLISH),
}


class StaffFileUnreadable(Invalid):
    """The file as a whole cannot be read as a staff list."""

    code = "staff_file_unreadable"
    title = gettext_lazy("This file cannot be read as a staff list.")


@dataclass(frozen=True, slots=True)
class RowError:
    """A fault of one cell, by the line of the file and the name of the column (empty: the whole line)."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person of a staff list; the unit is still what the file says, an empty language changes nothing."""

    line: int
    staff_number: str
    name: str
    email: str
    unit: str
    role: Role
    language: str


@dataclass(frozen=True, slots=True)
class StaffFile:
    """The rows of a staff list that are sound in themselves, and what is wrong with the others."""

    rows: tuple[StaffRow, ...]
    errors: tuple[RowError, ...]


def staff_file_read(content: bytes) -> StaffFile:
    """Read a staff list; raise StaffFileUnreadable when it is too large, no text, or its headings are not known."""
    text = _decoded(content)
    lines = _lines(text)
    columns = _columns(next(lines)[1])
    roles = role_words()
    rows: list[StaffRow] = []
    errors: list[RowError] = []
    for count, (number, cells) in enumerate(lines, start=1):
        if count > MOST_LINES:
            raise StaffFileUnreadable(
                _("The file holds more than %(count)d people. Please split it.") % {"count": MOST_LINES}
            )
        row = _row(number, cells, columns, roles)
        if isinstance(row, StaffRow):
            rows.append(row)
        else:
            errors += row
    return StaffFile(tuple(rows), tuple(errors))


def role_words() -> Mapping[str, Role]:
    """Return every word for a role of a school: its code, and its name in both languages."""
    words = {role.value: role for role in Role if role is not Role.BUREAU_OFFICER}
    for language in User.Language.values:
        with translation.override(language):
            words |= {_folded(str(role.label)): role for role in words.values()}
    return words


def _decoded(content: bytes) -> str:
    if len(content) > MAXIMUM_BYTES:
        raise StaffFileUnreadable(_("The file is larger than 2 MB. Please split it."))
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise StaffFileUnreadable(_("The file is not text. Save it as “CSV UTF-8” and choose it again."))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the line on which each row that is not empty begins, with its cells."""
    heading = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    began, found = 1, False
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found = True
                yield began, [cell.strip() for cell in cells]
            began = reader.line_num + 1
    except csv.Error as error:
        where = _("The file cannot be read from line %(line)d on; look for a quotation mark that is not closed.")
        raise StaffFileUnreadable(where % {"line": began}) from error
    if not found:
        raise StaffFileUnreadable(_("The file is empty."))


def _columns(cells: Sequence[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    columns = [HEADINGS.get(_folded(cell).replace(" ", "_").replace("-", "_"), "") for cell in cells]
    unknown = [cell for cell, column in zip(cells, columns, strict=True) if not column]
    if unknown:
        raise StaffFileUnreadable(
            _("No column is called “%(name)s”. Known are: %(names)s.")
            % {"name": unknown[0][:40], "names": ", ".join(LONGEST)}
        )
    wrong = [name for name in LONGEST if columns.count(name) > 1 or (name in REQUIRED and name not in columns)]
    if wrong:
        raise StaffFileUnreadable(_("The first line must name the column %(name)s once.") % {"name": wrong[0]})
    return columns


def _row(line: int, cells: list[str], columns: Sequence[str], roles: Mapping[str, Role]) -> StaffRow | list[RowError]:
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        return [RowError(line, "", _("This line has more cells than the first one."))]
    padded = cells + [""] * len(columns)
    values = {**dict.fromkeys(LONGEST, ""), **dict(zip(columns, padded, strict=False))}
    wrong = {name: message for name, text in values.items() if (message := _problem(name, text))}
    role = roles.get(_folded(values["role"] or Role.REPORTER.value))
    language = LANGUAGES.get(_folded(values["language"])) if values["language"] else ""
    if role is None:
        wrong.setdefault(
            "role", _("There is no role of this name. Write one of: %(names)s.") % {"names": _names(roles)}
        )
    if language is None:
        wrong.setdefault("language", _("Write zh or en."))
    if wrong or role is None or language is None:
        return [RowError(line, name, message) for name, message in wrong.items()]
    return StaffRow(line, values["staff_number"], values["name"], values["email"], values["unit"], role, str(language))


def _problem(name: str, text: str) -> str:
    """Return what is wrong with one cell, or nothing."""
    if not text:
        return _("This cell is empty.") if name in REQUIRED else ""
    if len(text) > LONGEST[name]:
        return _("This is longer than %(limit_value)d characters. Please shorten it.") % {"limit_value": LONGEST[name]}
    if text.startswith(FORMULA):
        return _("A cell must not begin with =, +, - or @; a spreadsheet would take it for a formula.")
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text):
        return _("This cell holds a line end or a character that cannot be shown.")
    return _("This is not an e-mail address.") if name == "email" and not _is_address(text) else ""


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _names(roles: Mapping[str, Role]) -> str:
    return ", ".join(dict.fromkeys(role.value for role in roles.values()))
