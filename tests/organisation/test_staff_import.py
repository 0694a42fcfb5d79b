"""A staff list from a spreadsheet: read whatever program wrote it, told by line what is wrong, all of it or nothing."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.common.text_files import FileUnreadable
from backend.duty.selectors import directory_load
from backend.organisation.models import Appointment, ContactChannel, Person, Unit
from backend.organisation.roles import Role
from backend.organisation.services import person_add, post_fill
from backend.organisation.services.staff_import import StaffImportResult, staff_import
from backend.organisation.staff_lists import staff_file_read
from backend.workflow.models import Ticket
from backend.workflow.services import tickets_route
from tests.organisation.conftest import SmallSchool
from tests.world import World, member_add

HEAD = "staff_number,name,email,unit,role,language\n"
TWO = HEAD + "101,林晓燕,lin@school.example,class-1,,\n102,Emily Carter,emily@school.example,security,office_head,en\n"


def imported(school: SmallSchool, text: str | bytes, *, dry_run: bool = False) -> StaffImportResult:
    """Import a list as the command does."""
    read = staff_file_read(content=text.encode() if isinstance(text, str) else text)
    assert read.errors == ()
    return staff_import(school=school.school, rows=read.rows, actor=None, now=database_now(), dry_run=dry_run)


def errors_of(school: SmallSchool, text: str) -> list[tuple[int, str]]:
    """Return line and column of everything that is wrong with a list."""
    read = staff_file_read(content=text.encode())
    done = staff_import(school=school.school, rows=read.rows, actor=None, now=database_now(), dry_run=True)
    return sorted((error.line, error.column) for error in (*read.errors, *done.errors))


def test_people_posts_and_addresses_are_stored_and_a_second_time_nothing_changes(small_school: SmallSchool) -> None:
    done = imported(small_school, TWO)
    assert [row.name for row in done.added] == ["林晓燕", "Emily Carter"]
    emily = Person.objects.get(school=small_school.school, staff_number="102")
    assert (emily.name, emily.language) == ("Emily Carter", "en")
    held = set(emily.appointments.values_list("post__role", "post__unit__code"))
    assert held == {("reporter", "security"), ("office_head", "security")}
    assert ContactChannel.objects.get(person=emily).verified_at is None
    before = Appointment.objects.count(), ContactChannel.objects.count()
    again = imported(small_school, TWO)
    assert (len(again.added), len(again.changed), len(again.unchanged)) == (0, 0, 2)
    assert (Appointment.objects.count(), ContactChannel.objects.count()) == before


def test_an_imported_address_does_not_make_anybody_reachable(small_school: SmallSchool) -> None:
    imported(small_school, TWO)
    unit = small_school.office.id
    when = database_now() + timedelta(seconds=1)

    def reach() -> Any:
        directory = directory_load(school_ids=[small_school.school.id], now=when)
        return directory.reach(school_id=small_school.school.id, role=Role.OFFICE_HEAD, unit_id=unit)

    assert reach().people == ()
    ContactChannel.objects.update(verified_at=when - timedelta(minutes=5))
    assert reach().people == (Person.objects.get(staff_number="102").id,)


def test_corrections_are_made_and_nobody_is_removed(small_school: SmallSchool) -> None:
    imported(small_school, TWO)
    done = imported(small_school, HEAD + "102,Emily Carter-Wu,emily.wu@school.example,class-1,principal,\n")
    assert [row.staff_number for row in done.changed] == ["102"]
    emily = Person.objects.get(staff_number="102")
    assert (emily.name, emily.language) == ("Emily Carter-Wu", "en")
    assert list(emily.channels.values_list("address", flat=True)) == ["emily.wu@school.example"]
    held = set(emily.appointments.values_list("post__role", "post__unit__code"))
    assert held == {("reporter", "security"), ("office_head", "security"), ("reporter", "class-1"), ("principal", None)}
    assert Person.objects.filter(staff_number="101").exists()


def test_a_verified_address_stays_until_the_new_one_is_verified(small_school: SmallSchool) -> None:
    person_add(
        employer=small_school.school, staff_number="101", name="林", email="lin@school.example", now=small_school.now
    )
    imported(small_school, HEAD + "101,林,new@school.example,class-1,,\n")
    found = dict(ContactChannel.objects.values_list("address", "verified_at"))
    assert found == {"lin@school.example": small_school.now, "new@school.example": None}


@pytest.mark.slow("tests/organisation/test_staff_import.py", after=2)
@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("gb18030"),
        lambda text: text.replace(",", ";").encode("gb18030"),
        lambda text: text.replace(",", "\t").replace("\n", "\r\n").encode("utf-8-sig"),
    ],
    ids=["utf-8", "bom", "gb18030", "semicolon", "tab-crlf"],
)
def test_every_way_excel_writes_a_list_is_read(small_school: SmallSchool, encode: Callable[[str], bytes]) -> None:
    text = "工号,姓名,电子邮箱,部门,角色,语言,,\n\n101,龚𬭎,gong@school.example,保卫处,处理人员,中文,,\n"
    with translation.override("zh-hans"):
        text = text.replace("处理人员", str(Role.HANDLER.label))
    done = imported(small_school, encode(text))
    assert [(row.line, row.name, row.role) for row in done.added] == [(3, "龚𬭎", Role.HANDLER)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty"),
        (b"\r\n\r\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\xff\xff", "not text"),
        (b"staff_number,name,email\n", "the column unit"),
        (b"staff_number,name,email,unit,name\n", "the column name"),
        (HEAD.encode() + b'101,"Lin,lin@school.example,class-1,,\n', "line 2"),
        (HEAD.encode() + b"x" * 2_000_000, "larger than 2 MB"),
        (HEAD.encode() + b"1,n,n@school.example,u,,\n" * 2001, "more than 2000"),
    ],
    ids=["empty", "blank", "picture", "missing", "twice", "quote", "large", "2001"],
)
def test_a_file_that_is_no_list_is_refused(content: bytes, expected: str) -> None:
    with translation.override("en"), pytest.raises(FileUnreadable, match=expected):
        staff_file_read(content=content)


def test_2000_people_are_read_and_stored_in_few_queries(
    small_school: SmallSchool, django_assert_max_num_queries: Any
) -> None:
    lines = "".join(f"{number},Name {number},n{number}@school.example,class-1,,\n" for number in range(2000))
    read = staff_file_read(content=(HEAD + lines).encode())
    assert len(read.rows) == 2000
    with django_assert_max_num_queries(30):
        staff_import(school=small_school.school, rows=read.rows, actor=None, now=database_now())
    assert Person.objects.filter(school=small_school.school).count() == 2000


@pytest.mark.slow("tests/organisation/test_staff_import.py", after=3)
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("101,,lin@school.example,class-1,,\n", [(2, "name")]),
        ("101,Lin,lin.school.example,class-1,,\n", [(2, "email")]),
        ("101,=HYPERLINK(1),lin@school.example,class-1,,\n", [(2, "name")]),
        ("+101,@Lin,lin@school.example,-class-1,,\n", [(2, "name"), (2, "staff_number"), (2, "unit")]),
        ('101,"Li\nn",lin@school.example,class-1,,\n102,Li,no,class-1,,\n', [(2, "name"), (4, "email")]),
        ("101,Lin,lin@school.example,class-9,,\n", [(2, "unit")]),
        ("101,Lin,lin@school.example,class-1,king,\n", [(2, "role")]),
        ("101,Lin,lin@school.example,class-1,bureau_officer,\n", [(2, "role")]),
        ("101,Lin,lin@school.example,class-1,,klingon\n", [(2, "language")]),
        ("101,Lin,lin@school.example,class-1,,,more\n", [(2, "")]),
        ("101," + "x" * 81 + ",lin@school.example,class-1,,\n", [(2, "name")]),
        (
            "101,Lin,lin@school.example,class-1,,\n\n101,Lin,LIN@school.example,class-1,,\n",
            [(4, "email"), (4, "staff_number")],
        ),
    ],
)
def test_errors_name_line_and_column(small_school: SmallSchool, lines: str, expected: list[tuple[int, str]]) -> None:
    assert errors_of(small_school, HEAD + lines) == expected


def test_an_address_of_somebody_else_and_a_name_of_two_units_are_errors(small_school: SmallSchool) -> None:
    small_school.person("wang")
    twin = {"name_zh": "1班", "name_en": "Class 1 again", "kind": "class"}
    Unit.objects.create(school=small_school.school, code="class-2", **twin)
    lines = "101,Lin,wang@school.example,class-1,,\n102,Li,li@school.example,1班,,\n"
    assert errors_of(small_school, HEAD + lines) == [(2, "email"), (3, "unit")]


def test_all_or_nothing(small_school: SmallSchool) -> None:
    read = staff_file_read(content=(TWO + "103,Li,li@school.example,nowhere,,\n").encode())
    done = staff_import(school=small_school.school, rows=read.rows, actor=None, now=database_now())
    assert [error.line for error in done.errors] == [4]
    assert not Person.objects.exists()


def test_a_dry_run_changes_nothing(small_school: SmallSchool) -> None:
    assert len(imported(small_school, TWO, dry_run=True).added) == 2
    assert not Person.objects.exists()
    assert not Appointment.objects.exists()


def test_a_post_that_ended_is_given_anew(small_school: SmallSchool) -> None:
    lin = small_school.person("101")
    yesterday = small_school.now - timedelta(days=1)
    post_fill(
        person=lin,
        role=Role.REPORTER,
        unit=small_school.class_unit,
        starts_at=yesterday - timedelta(days=1),
        ends_at=yesterday,
    )
    assert len(imported(small_school, HEAD + "101,101,101@school.example,class-1,,\n").changed) == 1
    assert lin.appointments.filter(ends_at=None).count() == 1


def test_only_the_administrator_of_the_very_school_imports(world: World) -> None:
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.elsewhere)
    for member in (ada, world.cleo):
        with pytest.raises(NotFound):
            staff_import(school=world.school, rows=[], actor=member.actor, now=world.now)


def run(path: Path, **options: object) -> str:
    out = StringIO()
    call_command("staff_import", str(path), school="school", stdout=out, **options)
    return out.getvalue()


def test_the_command_imports_or_lists_every_error(small_school: SmallSchool, tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    path.write_text(TWO, encoding="gb18030")
    with translation.override("en"), pytest.raises(CommandError, match="--encoding gb18030: 101,林晓燕"):
        run(path)
    path.write_text(TWO, encoding="utf-8")
    assert run(path, dry_run=True) == "2 added, 0 changed, 0 unchanged\nDry run: nothing was changed.\n"
    assert not Person.objects.exists()
    assert run(path) == "2 added, 0 changed, 0 unchanged\n"
    path.write_text(TWO + "103,,li@school.example,class-1,,\n104,Li,li@school.example,nowhere,,\n", encoding="utf-8")
    with (
        translation.override("en"),
        pytest.raises(
            CommandError, match=r"line 4, name: This cell is empty\.\nline 5, unit: .*\nNothing was changed\."
        ),
    ):
        run(path)
    assert Person.objects.count() == 2
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "missing.csv")


MOVED = HEAD + "102,Emily Carter,emily@school.example,class-1,,\n"


def test_a_move_proposes_to_end_what_is_left_and_says_what_stays(small_school: SmallSchool) -> None:
    """A teacher moved from one grade to another held both posts (E8); what a head keeps was not said (E9)."""
    imported(small_school, TWO)
    emily = Person.objects.get(staff_number="102")
    small_school.appoint(emily, Role.COORDINATOR)
    shown = imported(small_school, MOVED, dry_run=True)
    assert sorted(str(held.appointment.post.role) for held in shown.leaving) == ["office_head", "reporter"]
    assert [held.appointment.post.role for held in shown.staying] == ["coordinator"]
    head = next(held.appointment for held in shown.leaving if held.appointment.post.role == Role.OFFICE_HEAD)
    read = staff_file_read(content=MOVED.encode())
    later = database_now()
    staff_import(school=small_school.school, rows=read.rows, actor=None, now=later, keeping=[head.pk])
    held = emily.appointments.filter(ends_at=None).values_list("post__role", "post__unit__code")
    assert set(held) == {("office_head", "security"), ("reporter", "class-1"), ("coordinator", None)}
    again = staff_import(school=small_school.school, rows=read.rows, actor=None, now=later, dry_run=True)
    assert (len(again.unchanged), again.leaving, len(again.staying)) == (1, (), 2)


def test_a_teacher_who_moved_a_grade_reports_to_the_new_one(world: World) -> None:
    """With both posts in force, absence without leave went to the grade that the teacher had left (E8)."""
    grades = [
        Unit.objects.create(school=world.school, kind=Unit.Kind.GRADE, code=code, name_zh=code, name_en=code)
        for code in ("grade-7", "grade-8")
    ]
    tara = member_add(world, "tara", [], site=world.home)
    post_fill(person=tara.person, role=Role.REPORTER, unit=grades[0], starts_at=world.now - timedelta(days=1))
    rows = staff_file_read(content=f"{HEAD}tara,Tara,tara@school.example,grade-8,,\n".encode()).rows
    shown = staff_import(school=world.school, rows=rows, actor=None, now=world.now, dry_run=True)
    assert [held.appointment.post.unit for held in shown.leaving] == [grades[0]]
    staff_import(school=world.school, rows=rows, actor=None, now=world.now, keeping=[])
    filed = tara.client.post("reports", world.report_body(category="S04", place=None))
    assert filed.status_code == 201, filed.data
    tickets_route(ticket_ids=[UUID(filed.data["ticket"])], now=database_now())
    assert Ticket.objects.get().owner == grades[1]


@pytest.mark.parametrize("role", ["", "reporter"])
def test_a_head_whom_the_list_calls_staff_stays_head(small_school: SmallSchool, role: str) -> None:
    """A list with the role reporter for a head was shown as changing nothing (E9)."""
    imported(small_school, TWO)
    done = imported(small_school, HEAD + f"102,Emily Carter,emily@school.example,security,{role},\n")
    assert [held.label for held in done.staying] == [f"{Role.OFFICE_HEAD.label} · {small_school.office.name}"]
    assert (len(done.unchanged), done.leaving) == (1, ())


def test_people_are_one_in_every_spelling_and_need_no_address(small_school: SmallSchool) -> None:
    imported(small_school, HEAD + "T9100,Lin,,class-1,,\n")
    done = imported(small_school, HEAD + "ｔ９１００\u200b,Lin,LIN@school.example,CLASS-1,,\n")
    assert (len(done.added), len(done.changed)) == (0, 1)
    again = imported(small_school, HEAD + "t9100,Lin,lin@school.example,class 1,,\n")
    assert len(again.unchanged) == 1
    assert errors_of(small_school, HEAD + "1,A,,class-1,,\n１,B,,class-1,,\n") == [(3, "staff_number")]
    assert errors_of(small_school, HEAD + "1,A,a@b.example,class-1,,\n2,B,A@b.example,class-1,,\n") == [(3, "email")]


def test_the_command_moves_people_where_it_is_told_to(small_school: SmallSchool, tmp_path: Path) -> None:
    imported(small_school, TWO)
    path = tmp_path / "staff.csv"
    path.write_text("序号,工号,姓名,部门\n1,101,林晓燕,保卫处\n", encoding="gb18030")
    assert "Columns left out: 序号\n林晓燕 (101) would leave" in run(path)
    assert Person.objects.get(staff_number="101").appointments.filter(ends_at=None).count() == 2
    assert "林晓燕 (101) leaves" in run(path, move=True)
    assert Person.objects.get(staff_number="101").appointments.get(ends_at=None).post.unit == small_school.office
