"""The lists of a school's secretary: 120 people, 14 offices, 60 places, 36 classes, a term's rosters. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

PEOPLE, GRADES, CLASSES_OF_A_GRADE, WEEKS = 120, 6, 6, 20
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = ("晓燕", "建国", "丽华", "志强", "海霞", "明辉")
FIRST = ("Anna", "Peter", "Laura", "Samuel", "Emily", "Thomas")
LAST = (
    *("Hill", "Brown", "Walker", "Green", "Moore", "Clark", "Young", "Adams", "Baker", "Carter"),
    *("Davies", "Evans", "Foster", "Grant", "Harris", "Irwin", "Jones", "Kelly", "Lewis", "Mason"),
)
OFFICES: Mapping[str, tuple[str, ...]] = {
    "zh": (
        *("安全办公室", "学生保护办公室", "校长办公室", "教务处", "德育处", "总务处", "保卫科"),
        *("医务室", "食堂", "信息中心", "图书馆", "工会", "团委", "招生办公室"),
    ),
    "en": (
        *("Safety office", "Student protection office", "School office", "Academic office", "Student affairs office"),
        *("Facilities office", "Security office", "Health room", "Canteen", "IT centre", "Library", "Arts department"),
        *("Sports department", "Admissions office"),
    ),
}
CLASS_KINDS = {"zh": ("年级组", "班级"), "en": ("Grade group", "Class")}
ROLES = {
    "zh": ("校长", "副校长", "安全专员", "学生保护负责人", "处室负责人", "经办人"),
    "en": ("Principal", "Vice principal", "Safety coordinator", "Student protection lead", "Head of office", "Handler"),
}
YES = {"zh": "是", "en": "Yes"}
BUILDINGS = {
    "zh": ("教学楼", "实验楼", "宿舍楼", "食堂楼", "体育馆"),
    "en": ("Teaching building", "Science building", "Dormitory", "Canteen building", "Sports hall"),
}
ROOMS_OF_A_BUILDING = 11
SHIFTS = {"zh": ("周值班", "校门值班"), "en": ("Week on duty", "Gate duty")}


@dataclass(frozen=True, slots=True)
class Lists:
    """The rows that the secretary has, sheet by sheet of the workbook, each by its columns from the second on."""

    sheets: Mapping[int, Sequence[Sequence[str]]]

    @property
    def columns(self) -> int:
        """The number of columns that are copied from other lists."""
        return sum(len(list(filter(any, zip(*rows, strict=True)))) for rows in self.sheets.values())

    @property
    def rows(self) -> int:
        """The number of rows in all."""
        return sum(map(len, self.sheets.values()))


def lists_of(*, language: str, monday: date) -> Lists:
    """Return the lists of a school that speaks a language, with a term that begins on a Monday."""
    return Lists(
        {
            0: [[*_named(name, language), "", ""] for name in OFFICES[language]],
            1: list(_classes(language)),
            2: list(_people(language)),
            3: list(_posts(language)),
            5: list(_places(language)),
            7: list(_duty(language, monday)),
        }
    )


def address_of(number: int) -> str:
    """Return the address of somebody by their place on the staff list."""
    return f"t{number:03}@school.example"


def head_of(office: int) -> int:
    """Return who heads an office, by their place on the staff list."""
    return 10 + office


def _named(name: str, language: str) -> tuple[str, str]:
    return (name, "") if language == "zh" else ("", name)


def _grade(number: int, language: str) -> str:
    return f"{'一二三四五六'[number]}年级" if language == "zh" else f"Grade {number + 1}"


def _classes(language: str) -> Iterator[list[str]]:
    group, form = CLASS_KINDS[language]
    for grade in range(GRADES):
        yield [group, *_named(_grade(grade, language), language), "", ""]
    for grade in range(GRADES):
        for number in range(1, CLASSES_OF_A_GRADE + 1):
            name = f"{'一二三四五六'[grade]}（{number}）班" if language == "zh" else f"Class {grade + 1}-{number}"
            yield [form, *_named(name, language), "", _grade(grade, language)]


def name_of(number: int, language: str) -> str:
    """Return the name of somebody by their place on the staff list; no two are the same."""
    if language == "zh":
        return f"{SURNAMES[number % len(SURNAMES)]}{GIVEN[number // len(SURNAMES)]}"
    return f"{FIRST[number // len(LAST)]} {LAST[number % len(LAST)]}"


def _people(language: str) -> Iterator[list[str]]:
    """Yield the staff: leaders, two people for each office, class teachers, and the others in grade groups."""
    for number in range(PEOPLE):
        yield [f"{1001 + number}", name_of(number, language), address_of(number), _unit_of(number, language), "", ""]


def _unit_of(number: int, language: str) -> str:
    offices = len(OFFICES[language])
    if number < head_of(0):
        return OFFICES[language][0]
    if number < head_of(0) + 2 * offices:
        return OFFICES[language][(number - head_of(0)) % offices]
    return _grade(number % GRADES, language)


def _posts(language: str) -> Iterator[list[str]]:
    """Yield the leaders, and for each office its head and a deputy."""
    principal, vice, coordinator, protection, head, handler = ROLES[language]
    leaders = ((0, principal, ""), (1, vice, ""), (2, vice, ""), (3, coordinator, ""), (4, protection, ""))
    for number, role, deputy in (*leaders, (5, protection, YES[language])):
        yield [f"{1001 + number}", "", role, "", deputy]
    for at, office in enumerate(OFFICES[language]):
        second = head_of(at) + len(OFFICES[language])
        yield [f"{1001 + head_of(at)}", "", head, office, ""]
        yield [f"{1001 + second}", "", head, office, YES[language]]
        yield [f"{1001 + second}", "", handler, office, ""]


def _places(language: str) -> Iterator[list[str]]:
    looks_after = OFFICES[language][5]
    for building in BUILDINGS[language]:
        yield [*_named(building, language), "", "", looks_after]
    for building in BUILDINGS[language]:
        for number in range(1, ROOMS_OF_A_BUILDING + 1):
            room = f"{building}{100 + number}" if language == "zh" else f"{building}, room {100 + number}"
            yield [*_named(room, language), "", building, looks_after]


def _duty(language: str, monday: date) -> Iterator[list[str]]:
    """Yield a leader for each week of the term, and two teachers at the gate each school day."""
    week, gate = SHIFTS[language]
    for number in range(WEEKS):
        first = monday + timedelta(weeks=number)
        leader = f"{1001 + number % 4}"
        yield [week, f"{first}", "07:00", f"{first + timedelta(days=6)}", "22:00", "", leader, ""]
        for day in range(5):
            at = 40 + (number * 5 + day) % 70
            teachers = f"{1001 + at}、{1002 + at}"
            yield [gate, f"{first + timedelta(days=day)}", "07:10", "", "08:00", "", "", teachers]
