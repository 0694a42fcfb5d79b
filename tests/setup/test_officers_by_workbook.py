"""Officers of the bureau above one school only, entered by its workbook, through the same guard as on its page."""

from typing import Any

import pytest
from django.utils import translation

from backend.common.clock import database_now
from backend.organisation.models import Appointment, Bureau, ContactChannel, PendingPower, School
from backend.organisation.roles import Role
from backend.setup.workbook.reading import workbook_sheets
from backend.setup.workbook.services import workbook_export
from backend.setup.workbook.shape import SheetName
from tests.setup.conftest import previewed, taken

OFFICERS: list[object] = ["staff_number", "name", "email", "deputy", "language"]
TWO: dict[str, list[list[object]]] = {
    "教育局": [OFFICERS, ["B9", "周敏", "zhou@bureau.example"], ["", "Lee", "lee@bureau.example", "是", "English"]]
}


@pytest.fixture(autouse=True)
def in_english() -> Any:
    """Read messages in English."""
    with translation.override("en"):
        yield


def officers() -> set[tuple[str, str, bool]]:
    rows = Appointment.objects.filter(post__role=Role.BUREAU_OFFICER, ends_at=None)
    return set(rows.values_list("person__staff_number", "person__name", "is_deputy"))


def test_they_are_entered_exported_and_the_same_again_changes_nothing(empty: School) -> None:
    assert taken(empty, TWO).waiting == 0
    assert officers() == {("B9", "周敏", False), ("B01", "Lee", True)}
    assert ContactChannel.objects.get(address="zhou@bureau.example").verified_at is None
    sheets = workbook_sheets(content=workbook_export(school=empty, now=database_now()))
    (sheet,) = [sheet for sheet in sheets if "Education bureau" in sheet.name]
    assert len(sheet.lines) == 4
    named: dict[str, list[list[object]]] = {"bureau": [OFFICERS, ["B9", "周敏", "zhou@bureau.example"]]}
    again = previewed(empty, named).plan
    assert (again.errors, again.does_something, again.same[SheetName.BUREAU]) == ([], False, 1)
    assert [change.what for change in again.changes] == ["Lee"]


def test_what_the_preview_lets_pass_is_entered(empty: School) -> None:
    """A number given twice, a former officer, or a number that was given to another line failed after the preview."""
    twice: dict[str, list[list[object]]] = {
        "bureau": [OFFICERS, ["B9", "Zhou", "zhou@bureau.example"], ["b9", "Lee", "lee@bureau.example"]]
    }
    assert [(error.line, error.column) for error in previewed(empty, twice).plan.errors] == [(3, "Staff number")]
    taken(empty, {"bureau": [OFFICERS, ["", "Zhou", "zhou@bureau.example"], ["B01", "Lee", "lee@bureau.example"]]})
    assert officers() == {("B02", "Zhou", False), ("B01", "Lee", False)}
    Appointment.objects.filter(person__staff_number="B02").update(ends_at=database_now())
    former: dict[str, list[list[object]]] = {"bureau": [OFFICERS, ["", "Zhou", "zhou@bureau.example"]]}
    assert [(error.line, error.column) for error in previewed(empty, former).plan.errors] == [(2, "E-mail")]


def test_at_a_school_in_use_they_wait_for_a_second_person(empty: School) -> None:
    from_the_start: dict[str, list[list[object]]] = {"bureau": [OFFICERS, ["B1", "Max", "max@bureau.example"]]}
    taken(empty, from_the_start)
    School.objects.update(live_at=database_now())
    assert taken(empty, TWO).waiting >= 2
    assert officers() == {("B1", "Max", False)}
    assert set(PendingPower.objects.values_list("kind", flat=True)) >= {"post"}


def test_who_is_known_and_whose_bureau_is_shared_is_refused_by_line(empty: School) -> None:
    taken(empty, TWO)
    wrong: dict[str, list[list[object]]] = {
        "bureau": [OFFICERS, ["B9", "Somebody", "new@bureau.example"], ["", "Zhou", "ZHOU@bureau.example"]]
    }
    errors = [(error.line, error.column) for error in previewed(empty, wrong).plan.errors]
    assert errors == [(2, "Staff number"), (3, "E-mail")]
    bureau = Bureau.objects.get()
    School.objects.create(code="other", name_zh="另", name_en="Other", bureau=bureau)
    (error, _second) = previewed(empty, TWO).plan.errors
    assert error.message == "This bureau stands above other schools too, so it enters its own officers."
