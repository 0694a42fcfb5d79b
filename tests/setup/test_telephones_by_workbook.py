"""The telephone numbers of a school by its workbook: read, looked at first, stored, and written out again."""

import pytest
from django.utils import translation

from backend.administration.models import Change as Recorded
from backend.common.clock import database_now
from backend.organisation.models import School, TelephoneNumber
from backend.setup.workbook.plan import Sort
from backend.setup.workbook.reading import workbook_sheets
from backend.setup.workbook.services import workbook_export, workbook_preview
from tests.setup.conftest import OFFICES, previewed, small, taken

HEAD: list[object] = ["name_zh", "name_en", "number", "unit"]
NUMBERS: list[list[object]] = [
    HEAD,
    ["门卫室", "Gate", 8001],
    ["报修", "Repairs", "+86 10-6555 1234转12", "总务处"],
    [None, "Front desk", "010-6555 0000", "facilities"],
]


@pytest.fixture(autouse=True)
def in_english() -> None:
    """Read messages in English."""
    translation.activate("en")


def stored() -> set[tuple[str, str, str, str | None]]:
    """Return what is kept of each number."""
    return set(TelephoneNumber.objects.values_list("name_zh", "name_en", "number", "unit__code"))


def test_numbers_come_with_their_offices_in_one_file_and_go_out_again(empty: School) -> None:
    taken(empty, {**small(), "电话号码": NUMBERS})
    assert stored() == {
        ("门卫室", "Gate", "8001", None),
        ("报修", "Repairs", "+86 10-6555 1234转12", "facilities"),
        ("Front desk", "Front desk", "010-6555 0000", "facilities"),
    }
    again = previewed(empty, {**small(), "Telephone numbers": NUMBERS}).plan
    assert (again.errors, again.does_something) == ([], False)
    exported = workbook_sheets(content=workbook_export(school=empty, now=database_now()))
    plan = workbook_preview(school=empty, actor=None, sheets=exported, now=database_now()).plan
    assert (plan.errors, plan.changes) == ([], [])


def test_a_number_that_changed_is_shown_by_cell_and_one_that_is_missing_stays(empty: School) -> None:
    taken(empty, {**small(), "电话号码": NUMBERS})
    new: dict[str, list[list[object]]] = {
        "电话号码": [HEAD, ["报修", "Maintenance", "8002", "总务处"], ["报修", "Repairs", "8003"]]
    }
    plan = previewed(empty, new).plan
    said = {(change.sort, change.what): [cell.column for cell in change.cells] for change in plan.changes}
    assert said == {
        (Sort.CHANGED, "Maintenance · Facilities · 8002"): ["English name", "Number"],
        (Sort.NEW, "Repairs · 8003"): [],
        (Sort.STAYS, "Gate · 8001"): [],
        (Sort.STAYS, "Front desk · 010-6555 0000"): [],
    }
    taken(empty, new)
    assert ("报修", "Maintenance", "8002", "facilities") in stored()
    assert len(stored()) == 4
    assert Recorded.objects.filter(content_type__model="telephonenumber").count() == 5


@pytest.mark.slow("tests/setup/test_telephones_by_workbook.py", after=2)
@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (["门卫室", "", "call us"], "Number", "Write it like 010-6555 1234"),
        (["门卫室", "", "8.0E+03"], "Number", "A spreadsheet has changed this number"),
        (["门卫室", "", ""], "Number", "This cell is empty."),
        (["门卫室", "", "8001", "无此处"], "Unit", "Nothing here has this name or code."),
        (["", "", "8001"], "Chinese name", "One of the two names is enough."),
        (["传达室", "", "8002"], "Chinese name", "This stands in line 2 already."),
    ],
)
def test_a_cell_that_is_not_right_is_named(empty: School, row: list[object], column: str, said: str) -> None:
    offices: list[list[object]] = [OFFICES, ["总务处", "Facilities", "facilities"]]
    sheets: dict[str, list[list[object]]] = {"处室": offices, "电话号码": [HEAD, ["传达室", "", "8001"], row]}
    (error,) = previewed(empty, sheets).plan.errors
    assert (error.line, error.column, error.message[: len(said)]) == (3, column, said)
