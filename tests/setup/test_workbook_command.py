"""The command for the workbook: template, export, check, apply."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from backend.organisation.models import Appointment, Person, School
from tests.organisation.workbooks import workbook
from tests.setup.conftest import PEOPLE, small


def run(what: str, path: Path, **options: object) -> str:
    """Run the command for the school; return what it says."""
    out = StringIO()
    with translation.override("en"):
        call_command("setup_workbook", what, str(path), school="SCHOOL", stdout=out, **options)
    return out.getvalue()


def test_a_school_is_set_up_and_exported_by_the_command(empty: School, tmp_path: Path) -> None:
    path = tmp_path / "school.xlsx"
    path.write_bytes(workbook(small()))
    assert "Nothing was changed." in run("check", path)
    assert not Person.objects.exists()
    assert "new: people 2: 林晓燕 · 1001" in run("apply", path)
    run("export", path)
    assert run("apply", path).startswith("0 new, 0 changed, 0 ends, 0 stays, 22 as they are")
    run("template", path)
    assert run("check", path).startswith("0 new")


def test_a_large_file_is_told_in_few_lines(empty: School, tmp_path: Path) -> None:
    """A term's roster of a large school filled the screen with a line for each cell, and its end was never read."""
    path = tmp_path / "school.xlsx"
    people: list[list[object]] = [[f"2{number:03}", f"Person {number}"] for number in range(300)]
    path.write_bytes(workbook({"people": [PEOPLE, *people]}))
    lines = run("check", path).splitlines()
    assert "new: people: … 300 in all" in lines
    assert len(lines) < 20
    path.write_bytes(workbook({"people": [PEOPLE, *[[f"{row[0]}", ""] for row in people]]}))
    with pytest.raises(CommandError, match="and 200 more") as refused:
        run("check", path)
    assert len(str(refused.value).splitlines()) < 105


def test_posts_can_be_kept_and_faults_are_told(empty: School, tmp_path: Path) -> None:
    path = tmp_path / "school.xlsx"
    path.write_bytes(workbook(small()))
    run("apply", path)
    path.write_bytes(workbook({"people": [PEOPLE, ["1001", "林晓燕", "", "students"]]}))
    assert "ends: posts: 林晓燕 · 1001" in run("apply", path, keep=True)
    assert not Appointment.objects.exclude(ends_at=None).exists()
    run("apply", path)
    assert Appointment.objects.exclude(ends_at=None).count() == 2
    path.write_bytes(workbook({"people": [PEOPLE, ["1", "A", "", "nowhere"]]}))
    with pytest.raises(CommandError, match="people, line 2, Unit: Nothing here has this name or code"):
        run("check", path)
    with pytest.raises(CommandError, match="No such file"):
        run("check", tmp_path / "missing.xlsx")
