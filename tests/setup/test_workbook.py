"""The workbook: a whole school from one file, looked at first; the same again changes nothing; next year moves on."""

from io import BytesIO
from typing import Any

import pytest
from django.utils import translation
from openpyxl import load_workbook

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.common.text_files import FileUnreadable
from backend.duty.models import DutyShift
from backend.organisation.models import Appointment, ContactChannel, Person, Place, School, Unit
from backend.organisation.roles import Role
from backend.setup.workbook.plan import Plan, Sort
from backend.setup.workbook.reading import workbook_sheets
from backend.setup.workbook.services import WorkbookOutdated, workbook_export, workbook_preview, workbook_take
from backend.setup.workbook.writing import workbook_written
from tests.organisation.workbooks import workbook
from tests.setup.conftest import CLASSES, DUTY, OFFICES, PEOPLE, PLACES, POSTS, previewed, small, taken
from tests.setup.nights import MORNING, NIGHT


@pytest.fixture(autouse=True)
def in_english() -> Any:
    """Read messages in English."""
    with translation.override("en"):
        yield


def told(plan: Plan, sort: Sort) -> list[str]:
    """Return what a plan says of a sort."""
    return [f"{change.sheet} {change.line}: {change.what}" for change in plan.changes if change.sort is sort]


def errors_of(school: School, **sheets: list[list[object]]) -> list[tuple[str, int, str]]:
    """Return sheet, line and column of everything that is wrong."""
    return [(str(error.sheet), error.line, error.column) for error in previewed(school, sheets).plan.errors]


def test_a_school_is_set_up_from_one_file(empty: School) -> None:
    assert taken(empty, small()).waiting == 0
    empty.refresh_from_db()
    assert [str(unit.name_zh) for unit in (empty.intake_unit, empty.protection_unit) if unit] == [
        "安全办公室",
        "学生处",
    ]
    classes = Unit.objects.filter(kind="class").values_list("code", "name_zh", "name_en", "parent__name_zh")
    assert sorted(classes) == [("class-1", "1班", "Class 7-1", "七年级"), ("class-2", "1班", "1班", "八年级")]
    stairs = Place.objects.select_related("parent", "owner").get(name_zh="楼梯间")
    assert (stairs.code, stairs.parent and stairs.parent.code, stairs.owner.code) == ("place-1", "main", "facilities")
    held = set(
        Appointment.objects.values_list("person__staff_number", "post__role", "post__unit__name_zh", "is_deputy")
    )
    assert held == {
        ("1001", "reporter", "总务处", False),
        ("1001", "office_head", "总务处", False),
        ("1002", "reporter", "七年级", False),
        ("1002", "office_head", "总务处", True),
        ("1003", "handler", "总务处", False),
        ("1004", "principal", None, False),
    }
    assert set(ContactChannel.objects.filter(person__staff_number="1001").values_list("address", "verified_at")) == {
        ("lin@school.example", None),
        ("lin.xy@school.example", None),
    }
    night = DutyShift.objects.get(place__code="main")
    assert (night.ends_at - night.starts_at).total_seconds() == 13 * 3600
    assert set(night.slots.values_list("person__staff_number", "part")) == {
        ("1001", "leader"),
        ("1002", "teacher"),
        ("1003", "teacher"),
    }
    assert Person.objects.get(staff_number="1002").language == "en"


def test_the_same_file_and_the_exported_one_change_nothing(empty: School) -> None:
    taken(empty, small())
    again = previewed(empty, small()).plan
    assert (again.errors, again.does_something) == ([], False)
    with translation.override("zh-hans"):
        exported = workbook_sheets(content=workbook_export(school=empty, now=database_now()))
    plan = workbook_preview(school=empty, actor=None, sheets=exported, now=database_now()).plan
    assert (plan.errors, plan.changes) == ([], [])


def test_nothing_is_stored_by_looking(empty: School) -> None:
    plan = previewed(empty, small()).plan
    assert len(told(plan, Sort.NEW)) == 25
    assert not Unit.objects.exists()
    assert not Person.objects.exists()


def test_next_years_file_moves_classes_on_and_proposes_what_is_over(empty: School) -> None:
    taken(empty, small())
    head: list[list[object]] = [
        ["1002", "office_head", "facilities", "yes"],
        ["1004", "principal"],
        ["1003", "handler", "facilities"],
    ]
    next_year: dict[str, list[list[object]]] = {
        "Grades and classes": [
            CLASSES,
            ["grade", "八年级", "Grade 8", "grade-1"],
            ["class", "1班", "Class 8-1", "class-1", "grade-1"],
            ["grade", "七年级", "Grade 7"],
        ],
        "People": [PEOPLE, [1002, "Emily Carter", None, "八年级"], [1001, "林晓燕", None, "facilities"]],
        "Posts": [POSTS, *head],
    }
    taken(empty, {"Posts": [POSTS, ["1003", "office_head", "grade-8"], ["1002", "handler", "七年级"]]})
    plan = previewed(empty, next_year).plan
    assert plan.errors == []
    changed = [change for change in plan.changes if change.sort is Sort.CHANGED]
    assert [(c.line, [(cell.column, cell.before, cell.after) for cell in c.cells]) for c in changed] == [
        (2, [("Chinese name", "七年级", "八年级"), ("English name", "Grade 7", "Grade 8")]),
        (3, [("English name", "Class 7-1", "Class 8-1")]),
    ]
    assert told(plan, Sort.NEW) == ["classes 4: Grade 7 · grade-2"]
    assert told(plan, Sort.ENDS) == [
        "posts 0: 王芳 · 1003 · Head of office · Grade 8",
        "posts 0: Emily Carter · 1002 · Handler · Grade 7",
    ]
    stays = told(plan, Sort.STAYS)
    assert "classes 0: 1班 · class-2" in stays
    assert "people 0: 高校长 · 1004" in stays
    assert "posts 0: 林晓燕 · 1001 · Head of office · Facilities" in stays
    kept = next(change.key for change in plan.changes if "Handler" in change.what and change.sort is Sort.ENDS)
    taken(empty, next_year, keeping=[kept])
    ended = Appointment.objects.exclude(ends_at=None)
    assert list(ended.values_list("person__staff_number", "post__role")) == [("1003", "office_head")]
    assert Unit.objects.get(code="class-1").name_en == "Class 8-1"
    assert Unit.objects.filter(code="class-2").exists()


def test_somebody_who_moves_leaves_the_old_unit_as_a_proposal(empty: School) -> None:
    taken(empty, small())
    moved: dict[str, list[list[object]]] = {"people": [PEOPLE, ["1001", "林晓燕", None, "students", None, "English"]]}
    plan = previewed(empty, moved).plan
    assert len(told(plan, Sort.ENDS)) == 2
    taken(empty, moved)
    lin = Person.objects.get(staff_number="1001")
    assert list(lin.appointments.filter(ends_at=None).values_list("post__unit__code", flat=True)) == ["students"]
    assert lin.language == "en"
    assert lin.channels.count() == 2


@pytest.mark.slow("tests/setup/test_workbook.py", after=5)
@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        ({"offices": [OFFICES, ["", "", "x"]]}, [("offices", 2, "Chinese name")]),
        ({"offices": [OFFICES, ["甲", "", "A b"]]}, [("offices", 2, "Code")]),
        ({"offices": [OFFICES, ["甲", "", "a"], ["乙", "", "A"]]}, [("offices", 3, "Code")]),
        ({"offices": [OFFICES, ["甲", "", "", "intake"], ["乙", "", "", "intake"]]}, [("offices", 3, "Task")]),
        ({"offices": [["code", "task"], ["a"]]}, [("offices", 1, "Chinese name")]),
        ({"offices": [OFFICES, ["甲", "", "", "king"]]}, [("offices", 2, "Task")]),
        ({"classes": [CLASSES, ["class", "甲", "", "", "nowhere"]]}, [("classes", 2, "Part of")]),
        (
            {"classes": [CLASSES, ["grade", "甲", "", "a", "b"], ["grade", "乙", "", "b", "a"]]},
            [("classes", 2, "Part of"), ("classes", 3, "Part of")],
        ),
        ({"classes": [CLASSES, ["class", "甲", "", "security"]]}, [("classes", 2, "Code")]),
        (
            {"people": [PEOPLE, ["2.02E+11", "A"], ["1", "B", "no"]]},
            [("people", 2, "Staff number"), ("people", 3, "E-mail")],
        ),
        ({"people": [PEOPLE, ["1", "A"], ["１", "B"]]}, [("people", 3, "Staff number")]),
        ({"people": [PEOPLE, ["1", "A", "a@b.example"], ["2", "B", "A@b.example"]]}, [("people", 3, "E-mail")]),
        ({"people": [PEOPLE, ["1", "A", "", "nowhere"]]}, [("people", 2, "Unit")]),
        ({"people": [PEOPLE, ["1", "A", "", "", "handler"]]}, [("people", 2, "Unit")]),
        ({"posts": [POSTS, ["9", "principal"]]}, [("posts", 2, "Staff number")]),
        (
            {"people": [PEOPLE, ["1", "A"]], "posts": [POSTS, ["1", "handler"], ["1", "principal", "security"]]},
            [("posts", 2, "Unit"), ("posts", 3, "Unit")],
        ),
        (
            {"places": [PLACES, ["甲", "", "", "", "nowhere"], ["乙"]]},
            [("places", 3, "Looked after by"), ("places", 2, "Looked after by")],
        ),
        (
            {
                "people": [PEOPLE, ["1", "A"]],
                "duty": [DUTY, ["night", NIGHT, "18:00", "", "07:00", "", "", "1"]],
            },
            [("duty", 2, "Led by")],
        ),
        (
            {"duty": [DUTY, ["gate", "4.1.2027", "18h", "", "07:00", "", "", "1"]]},
            [("duty", 2, "Day"), ("duty", 2, "From")],
        ),
        ({"duty": [DUTY, ["gate", "9999-12-31", "18:00", "", "07:00", "", "", "1"]]}, [("duty", 2, "Day")]),
        ({"places": [PLACES, ["\ufdfa" * 120, "", "", "", "security"]]}, [("places", 2, "Chinese name")]),
        (
            {
                "people": [PEOPLE, ["1", "A"], ["2", "A"]],
                "duty": [DUTY, ["gate", NIGHT, "07:00", "", "07:30", "", "A", ""]],
            },
            [("duty", 2, "Led by")],
        ),
    ],
)
def test_faults_are_told_by_sheet_line_and_column(empty: School, sheets: Any, expected: list[Any]) -> None:
    Unit.objects.create(school=empty, code="security", kind="office", name_zh="保卫处", name_en="Security")
    assert errors_of(empty, **sheets) == expected


def test_a_fault_is_told_once_and_not_wherever_its_line_is_named(empty: School) -> None:
    wrong = small()
    wrong["处室"][2] = ["总务处", "Facilities", "facilities", "everything"]
    wrong["人员"][1] = ["1001", "林晓燕", "no address", "总务处", "处室负责人"]
    wrong["人员"][3] = ["1003", "王芳", "", "", "班主任"]
    wrong["地点"][2] = ["教学楼", "Teaching building", "main"]
    assert errors_of(empty, **wrong) == [
        ("offices", 3, "Task"),
        ("people", 2, "E-mail"),
        ("people", 4, "Role"),
        ("places", 3, "Looked after by"),
    ]


def test_a_school_that_reads_english_writes_no_chinese_names(empty: School) -> None:
    """The Chinese name had to be filled in, and an office that stood there already came a second time."""
    Unit.objects.create(
        school=empty, kind="office", code="safety-office", name_zh="安全办公室", name_en="Safety office"
    )
    sheets: dict[str, list[list[object]]] = {
        "Offices": [OFFICES, ["", "Safety office"], ["", "Canteen"]],
        "Places": [PLACES, ["", "Kitchen", "", "Hall", "Canteen"], ["", "Hall", "", "", "canteen"]],
    }
    taken(empty, sheets)
    assert set(Unit.objects.values_list("name_zh", "name_en")) == {
        ("安全办公室", "Safety office"),
        ("Canteen", "Canteen"),
    }
    assert Place.objects.get(name_en="Kitchen").parent == Place.objects.get(name_zh="Hall")
    assert previewed(empty, sheets).plan.does_something is False


def test_people_without_a_language_read_that_of_the_school(empty: School) -> None:
    """An invitation in Chinese is no way into a school that has only an English name."""
    School.objects.update(name_zh="Seaview School", name_en="Seaview School")
    taken(empty, {"people": [PEOPLE, ["1", "Ann Baker"], ["2", "林晓燕", "", "", "", "中文"]]})
    assert list(Person.objects.order_by("staff_number").values_list("language", flat=True)) == ["en", "zh-hans"]


def test_of_a_leader_whom_nobody_knows_that_alone_is_said(empty: School) -> None:
    sheets = small()
    sheets["值班表"] = [DUTY, ["night", NIGHT, "18:00", "", "07:00", "", "张三丰", ""]]
    assert errors_of(empty, **sheets) == [("duty", 2, "Led by")]


def test_a_duty_that_changes_keeps_its_slots_and_one_that_is_over_stays(empty: School) -> None:
    taken(empty, small())
    shift = DutyShift.objects.get(place__code="main")
    slot = shift.slots.get(person__staff_number="1001")
    duty: list[list[object]] = [
        DUTY,
        ["night", NIGHT, "18:00", MORNING, "08:00", "main", "1001、1004", ""],
        ["noon", "2026-01-04", "12:00", "", "13:00", "", "1001", ""],
    ]
    plan = previewed(empty, {"duty": duty}).plan
    (change,) = [change for change in plan.changes if change.sort is Sort.CHANGED]
    assert change.cells[0].after == f"{MORNING} 08:00"
    assert told(plan, Sort.STAYS)[0] == "duty 3: Noon duty · 2026-01-04 12:00 · is over"
    taken(empty, {"duty": duty})
    assert set(shift.slots.values_list("person__staff_number", "part")) == {("1001", "leader"), ("1004", "leader")}
    assert shift.slots.get(person__staff_number="1001") == slot
    news = OutboxMessage.objects.filter(topic="duty.changed").order_by("id").values_list("payload", flat=True)
    numbers = {str(person.id): person.staff_number for person in Person.objects.all()}
    assert {row["what"]: sorted(numbers[one] for one in row["people"]) for row in news} == {
        "moved": ["1001"],
        "entered": ["1004"],
        "left": ["1002", "1003"],
    }


def test_what_was_not_shown_is_not_done(empty: School) -> None:
    sheets = workbook_sheets(content=workbook(small()))
    now = database_now()
    shown = workbook_preview(school=empty, actor=None, sheets=sheets, now=now).plan
    Unit.objects.create(school=empty, code="facilities", kind="office", name_zh="后勤", name_en="Facilities")
    with pytest.raises(WorkbookOutdated):
        workbook_take(school=empty, actor=None, sheets=sheets, digest=shown.digest, keeping=[], now=now)
    assert not Person.objects.exists()


def test_the_template_says_what_to_write_and_is_no_school_itself(empty: School) -> None:
    sheets = workbook_sheets(content=workbook_written(rows={}))
    assert len(sheets) == 9
    plan = workbook_preview(school=empty, actor=None, sheets=sheets, now=database_now()).plan
    assert (plan.errors, plan.changes) == ([], [])
    with pytest.raises(FileUnreadable, match="No sheet of this file is called"):
        workbook_sheets(content=workbook({"Tabelle1": [["x"]]}))


def test_a_workbook_of_before_is_read_by_the_names_that_its_sheets_had(empty: School) -> None:
    former = {"岗位": "职务", "地点": "场所"}
    before = previewed(empty, {former.get(name, name): lines for name, lines in small().items()})
    now = previewed(empty, small())
    assert {*former} <= {*small()}
    assert before.plan.digest == now.plan.digest


def test_the_template_offers_choices_in_both_languages_and_holds_texts() -> None:
    book = load_workbook(BytesIO(workbook_written(rows={})))
    assert [sheet.title for sheet in book][:3] == ["说明 Read me", "选项 Choices", "处室 Offices"]
    assert book["选项 Choices"].sheet_state == "hidden"
    people = book["人员 People"]
    assert [people.cell(1, at).value for at in (2, 3, 4)] == ["工号 Staff number *", "姓名 Name *", "电子邮件 E-mail"]
    assert people.cell(2, 1).value == "例 e.g."
    assert people.cell(2, 2).number_format == "@"
    assert people.column_dimensions["B"].number_format == "@"
    comment = people.cell(1, 4).comment
    assert comment
    assert "\n" in comment.text
    offered = {str(each.sqref): each.formula1 for each in people.data_validations.dataValidation}
    (letter, _first) = offered["F3:F5000"].removeprefix("'选项 Choices'!$").split("$1:$")
    roles = [cell.value for cell in book["选项 Choices"][letter]]
    assert "处室负责人 Head of office" in roles


def test_a_formula_in_a_name_stays_a_text(empty: School) -> None:
    Person.objects.create(school=empty, staff_number="007", name='=HYPERLINK("http://x")')
    sheets = workbook_sheets(content=workbook_export(school=empty, now=database_now()))
    (people,) = [sheet for sheet in sheets if "People" in sheet.name]
    assert people.lines[-1].cells[1:3] == ("007", '=HYPERLINK("http://x")')


def test_many_people_are_read_and_stored_in_few_statements(empty: School, django_assert_max_num_queries: Any) -> None:
    people: list[list[object]] = [
        [number, f"Name {number}", f"n{number}@school.example", "students"] for number in range(400)
    ]
    sheets: dict[str, list[list[object]]] = {**small(), "人员": [*small()["人员"], *people]}
    content = workbook_sheets(content=workbook(sheets))
    now = database_now()
    with django_assert_max_num_queries(10):
        shown = workbook_preview(school=empty, actor=None, sheets=content, now=now).plan
    with django_assert_max_num_queries(54):
        workbook_take(school=empty, actor=None, sheets=content, digest=shown.digest, keeping=[], now=now)
    assert Person.objects.count() == 404
    assert Appointment.objects.filter(post__role=Role.REPORTER).count() == 402
    with django_assert_max_num_queries(10):
        again = workbook_preview(school=empty, actor=None, sheets=content, now=now).plan
    assert not again.does_something
