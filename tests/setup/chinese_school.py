"""A Chinese school as its administrator would write it down: 120 people, 14 offices, 36 classes, 60 places.

The offices have names of the school's own, so that none of them is one with which a new school begins.
"""

from collections.abc import Iterator, Sequence

from tests.setup.nights import NIGHT

Sheets = dict[str, list[Sequence[object]]]

OFFICES = (
    ("平安办", "接收报告"),
    ("心理与学生保护中心", "学生保护"),
    ("总务处", ""),
    ("保卫科", ""),
    ("教务处", ""),
    ("德育处", ""),
    ("食堂管理中心", ""),
    ("校医室", ""),
    ("信息中心", ""),
    ("党政办公室", ""),
    ("宿管办", ""),
    ("图书馆", ""),
    ("实验中心", ""),
    ("团委", ""),
)
GRADES = ("七年级", "八年级", "九年级", "高一", "高二", "高三")
BUILDINGS = ("教学楼", "实验楼", "宿舍楼", "食堂", "体育馆", "图书楼")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = ("晓燕", "建国", "芳", "志强", "丽华", "明")
LEADING = ("校长", "分管副校长", "书记（董事长）", "安全协调员", "学生保护专员")
FIRST_OF_ALL = 1001
PEOPLE = len(SURNAMES) * len(GIVEN)


def chinese_school(*, first_night: str = NIGHT) -> Sheets:
    """Return the sheets of the school's workbook."""
    return {
        "处室": [["中文名称", "职责"], *([name, task] for name, task in OFFICES)],
        "年级班级": [["类型", "中文名称", "上级"], *_classes()],
        "人员": [["工号", "姓名", "电子邮件", "部门", "语言"], *_people()],
        "岗位": [["工号", "角色", "部门", "副职代理"], *_posts()],
        "地点": [["中文名称", "位于", "责任部门"], *_places()],
        "值班表": [["类型", "日期", "自", "至", "带班"], ["夜间值班", first_night, "18:00", "07:00", "1002"]],
    }


def _classes() -> Iterator[Sequence[object]]:
    for grade in GRADES:
        yield ["年级组", grade, None]
        yield from (["班级", f"{grade}{number}班", grade] for number in range(1, 7))


def _people() -> Iterator[Sequence[object]]:
    names = [f"{surname}{given}" for given in GIVEN for surname in SURNAMES]
    units = [*(name for name, _task in OFFICES), *GRADES]
    for number, name in enumerate(names):
        address = f"t{FIRST_OF_ALL + number}@qingshan.example" if number < PEOPLE - 3 else None
        yield [f"{FIRST_OF_ALL + number}", name, address, units[number % len(units)], "中文"]


def _posts() -> Iterator[Sequence[object]]:
    """Yield the heads of all units with a deputy each, and who leads the school."""
    for number, role in enumerate(LEADING):
        yield [f"{FIRST_OF_ALL + number}", role, None, None]
        yield [f"{FIRST_OF_ALL + 20 + number}", role, None, "是"]
    for number, unit in enumerate([*(name for name, _task in OFFICES), *GRADES]):
        yield [f"{FIRST_OF_ALL + number}", "处室负责人", unit, None]
        yield [f"{FIRST_OF_ALL + 20 + number}", "处室负责人", unit, "是"]


def _places() -> Iterator[Sequence[object]]:
    for building in BUILDINGS:
        yield [building, None, "总务处"]
        yield from ([f"{building}{room}室", building, "总务处"] for room in range(101, 110))
