"""The columns of a staff list: what each heading says, and which line holds the headings. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from backend.common.identities import identity_of
from backend.common.lists_in_words import listed_in_words
from backend.common.table_files import Line
from backend.common.text_files import FileUnreadable

LONGEST = {"staff_number": 40, "name": 80, "email": 254, "unit": 120, "role": 40, "language": 20}
REQUIRED = ("staff_number", "name", "unit")
HEADINGS = {
    **{name: name for name in LONGEST},
    **dict.fromkeys(
        (
            *("工号", "职工号", "教工号", "编号", "教师编号", "教工编号", "教职工号", "教职工编号", "员工号"),
            *("员工编号", "人员编号", "教师工号", "staffno", "staffid", "employeeid", "employeenumber", "number"),
        ),
        "staff_number",
    ),
    **dict.fromkeys(
        ("姓名", "名字", "教师姓名", "教职工姓名", "员工姓名", "中文姓名", "fullname", "displayname"), "name"
    ),
    **dict.fromkeys(
        (
            *("mail", "emailaddress", "邮箱", "电子邮箱", "电子邮件", "邮件", "邮箱地址", "邮件地址", "电子邮箱地址"),
            *("工作邮箱", "企业邮箱"),
        ),
        "email",
    ),
    **dict.fromkeys(
        (
            *("office", "department", "dept", "部门", "所属部门", "所在部门", "部门名称", "处室", "所属处室", "科室"),
            *("所属科室", "单位", "所在单位", "年级组", "组室", "班级"),
        ),
        "unit",
    ),
    **dict.fromkeys(("角色", "职务", "岗位", "post", "position"), "role"),
    **dict.fromkeys(("语言", "语种"), "language"),
}
NOTE = re.compile(r"[(\[（【].*")
BETWEEN = re.compile(r"[\s_.:*·-]+")
LINES_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the file calls it, and what it is taken for (empty: it is left out)."""

    heading: str
    field: str


@dataclass(frozen=True, slots=True)
class Headings:
    """The line with the headings, and its columns in their order."""

    line: int
    columns: tuple[Column, ...]

    @property
    def left_out(self) -> tuple[str, ...]:
        """The headings of the columns that nothing is taken from."""
        return tuple(column.heading for column in self.columns if column.heading and not column.field)

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that a list cannot do without and that no column holds."""
        held = {column.field for column in self.columns}
        return tuple(name for name in REQUIRED if name not in held)


class ColumnsMissing(FileUnreadable):
    """No column holds something that a list cannot do without; which it is can be chosen."""

    code = "columns_missing"

    def __init__(self, headings: Headings) -> None:
        self.headings = headings
        names = listed_in_words(headings.missing)
        super().__init__(_("The first line must name the column %(name)s once.") % {"name": names})


def field_of(heading: str) -> str:
    """Return the field that a heading stands for, or nothing."""
    plain = BETWEEN.sub("", NOTE.sub("", identity_of(heading)))
    return _BY_WORD.get(plain, "")


def headings_of(*, lines: Sequence[Line], chosen: Mapping[int, str]) -> Headings:
    """Return the headings: of the first lines the one that names most fields; raise FileUnreadable.

    What was chosen for a column, by its position, counts before its heading.
    """
    if not lines:
        raise FileUnreadable(_("The file is empty."))
    line = max(lines[:LINES_LOOKED_AT], key=lambda each: len({field_of(cell) for cell in each.cells} - {""}))
    columns = [Column(cell, chosen.get(at, field_of(cell))) for at, cell in enumerate(line.cells)]
    while columns and not columns[-1].heading and not columns[-1].field:
        columns.pop()
    fields = [column.field for column in columns if column.field]
    twice = next((name for name in LONGEST if fields.count(name) > 1), "")
    if twice:
        raise FileUnreadable(_("The first line must name the column %(name)s once.") % {"name": twice})
    found = Headings(line.number, tuple(columns))
    if found.missing:
        raise ColumnsMissing(found)
    return found


_BY_WORD = {BETWEEN.sub("", word): name for word, name in HEADINGS.items()}
