"""A school that is set up from a workbook, and workbooks to do it with."""

from collections.abc import Mapping, Sequence

import pytest

from backend.common.clock import database_now
from backend.organisation.models import Bureau, School
from backend.setup.workbook.reading import workbook_sheets
from backend.setup.workbook.services import Preview, Taken, workbook_preview, workbook_take
from tests.organisation.workbooks import workbook
from tests.setup.nights import NIGHT

Sheets = Mapping[str, Sequence[Sequence[object]]]

OFFICES: list[object] = ["name_zh", "name_en", "code", "task"]
CLASSES: list[object] = ["kind", "name_zh", "name_en", "code", "parent"]
PEOPLE: list[object] = ["staff_number", "name", "email", "unit", "role", "language"]
POSTS: list[object] = ["staff_number", "role", "unit", "deputy"]
CONTACTS: list[object] = ["staff_number", "email"]
PLACES: list[object] = ["name_zh", "name_en", "code", "parent", "owner"]
DUTY: list[object] = ["kind", "first", "starts", "last", "ends", "place", "leaders", "teachers"]


@pytest.fixture
def empty(db: None) -> School:
    """Return a school in which nothing is set up yet."""
    bureau = Bureau.objects.create(code="bureau", name_zh="教育局", name_en="Bureau")
    return School.objects.create(code="school", name_zh="学校", name_en="School", bureau=bureau)


def small(first: str = NIGHT) -> dict[str, list[list[object]]]:
    """Return a small school: offices, classes, people, posts with a deputy, places and two nights."""
    return {
        "处室": [
            OFFICES,
            ["安全办公室", None, None, "接收报告"],
            ["总务处", "Facilities", "facilities"],
            ["学生处", "", "students", "protection"],
        ],
        "年级班级": [
            CLASSES,
            ["年级组", "七年级", "Grade 7"],
            ["班级", "1班", "Class 7-1", "", "七年级"],
            ["grade", "八年级", "Grade 8", "grade-8"],
            ["class", "1班", "", "", "八年级"],
        ],
        "人员": [
            PEOPLE,
            ["1001", "林晓燕", "lin@school.example", "总务处", "处室负责人"],
            [1002, "Emily Carter", "emily@school.example", "七年级", "", "English"],
            ["1003", "王芳"],
            ["1004", "高校长", "gao@school.example"],
        ],
        "岗位": [
            POSTS,
            ["1002", "office_head", "facilities", "是"],
            ["1004", "校长"],
            ["王芳", "handler", "facilities"],
        ],
        "其他邮箱": [CONTACTS, ["1001", "lin.xy@school.example"]],
        "地点": [
            PLACES,
            ["楼梯间", "Stairwell", "", "教学楼", "facilities"],
            ["教学楼", "Teaching building", "main", "", "总务处"],
        ],
        "值班表": [
            DUTY,
            ["夜间值班", first, "18:00", "", "7:00", "教学楼", "1001", "1002、王芳"],
            ["night", first, "19:00", None, "24:00", None, "林晓燕"],
        ],
    }


def previewed(school: School, sheets: Sheets) -> Preview:
    """Return what a workbook would do."""
    return workbook_preview(
        school=school, actor=None, sheets=workbook_sheets(content=workbook(sheets)), now=database_now()
    )


def taken(school: School, sheets: Sheets, keeping: Sequence[str] = ()) -> Taken:
    """Take a workbook into use as it is shown."""
    school.refresh_from_db()
    read = workbook_sheets(content=workbook(sheets))
    now = database_now()
    shown = workbook_preview(school=school, actor=None, sheets=read, now=now)
    assert shown.plan.errors == []
    return workbook_take(school=school, actor=None, sheets=read, digest=shown.plan.digest, keeping=keeping, now=now)
