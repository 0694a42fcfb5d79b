"""A compact rotation lays out a whole term's shifts, by the clock on the wall."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from backend.common.content_files import ContentFileError
from backend.common.file_shapes import shape_errors
from backend.duty.files import school_read
from backend.duty.roster_validation import ROSTERS, rosters_errors
from backend.duty.rotations import shifts_of
from tests.organisation.conftest import DEMO

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = {
    "kind": "week",
    "first": "2026-11-02",
    "last": "2026-11-30",
    "weekdays": [0],
    "starts": "07:00",
    "ends": "07:00",
    "days": 7,
    "rotate": "week",
    "leaders": ["a", "b", "c"],
}
GATE = {
    "kind": "gate",
    "first": "2026-11-05",
    "last": "2026-11-10",
    "weekdays": [0, 1, 2, 3, 4],
    "starts": "07:10",
    "ends": "08:00",
    "rotate": "day",
    "teachers": ["a", "b", "c"],
    "teachers_at_once": 2,
}


def test_weeks_follow_each_other_without_a_gap() -> None:
    shifts = list(shifts_of(WEEK, SHANGHAI))
    assert [shift.leaders for shift in shifts] == [("a",), ("b",), ("c",), ("a",), ("b",)]
    assert all(earlier.ends_at == later.starts_at for earlier, later in pairwise(shifts))
    assert shifts[0].starts_at == datetime(2026, 11, 1, 23, tzinfo=UTC)


def test_days_pass_the_turn_on_and_leave_out_what_is_excepted() -> None:
    shifts = list(shifts_of(GATE | {"except": [{"first": "2026-11-06"}]}, SHANGHAI))
    assert [shift.starts_at.date().day for shift in shifts] == [5, 9, 10]
    assert [shift.teachers for shift in shifts] == [("a", "b"), ("c", "a"), ("b", "c")]
    assert {shift.leaders for shift in shifts} == {()}


def test_a_time_that_does_not_come_is_the_instant_of_the_change() -> None:
    """Half past two in Berlin, on the night when two is three: it began after it had ended, which no shift can."""
    berlin = ZoneInfo("Europe/Berlin")
    night = GATE | {"first": "2027-03-28", "last": "2027-03-28", "weekdays": [6], "starts": "02:30", "ends": "03:15"}
    (shift,) = shifts_of(night, berlin)
    assert (shift.starts_at, shift.ends_at.astimezone(UTC) - shift.starts_at.astimezone(UTC)) == (
        datetime(2027, 3, 28, 1, tzinfo=UTC),
        timedelta(minutes=15),
    )
    assert list(shifts_of(night | {"starts": "02:10", "ends": "02:50"}, berlin)) == []


@pytest.mark.parametrize(("days", "last"), [({}, 6), ({"days": 0}, 6), ({"days": 1}, 7)])
def test_a_shift_ends_at_the_midnight_after_its_day(days: dict[str, int], last: int) -> None:
    """Calendars and the workbook took 24:00, the roster of a file and the page of a shift did not (E18)."""
    row = GATE | {"first": "2026-11-05", "last": "2026-11-05", "weekdays": [3], "ends": "24:00", **days}
    assert list(rosters_errors([row], places=(), people="abc")) == []
    assert not shape_errors(ROSTERS, [row])
    (shift,) = shifts_of(row, SHANGHAI)
    assert shift.ends_at == datetime(2026, 11, last, tzinfo=SHANGHAI)


def test_turn_by_the_week_changes_on_monday() -> None:
    shifts = list(shifts_of(GATE | {"rotate": "week"}, SHANGHAI))
    assert [shift.teachers for shift in shifts] == [("a", "b")] * 2 + [("c", "a")] * 2


def test_night_ends_on_the_next_day_by_the_local_clock_also_when_the_clock_is_set() -> None:
    night = GATE | {"first": "2026-10-24", "last": "2026-10-24", "weekdays": [5], "starts": "21:30", "ends": "06:30"}
    (shift,) = shifts_of(night, ZoneInfo("Europe/Berlin"))
    assert shift.ends_at.isoformat() == "2026-10-25T06:30:00+01:00"
    assert (shift.ends_at.astimezone(UTC) - shift.starts_at.astimezone(UTC)).total_seconds() == 10 * 3600


@pytest.mark.slow("tests/organisation/test_rotations.py", after=3)
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda row: row.update(kind="midnight"), "rosters/0/kind"),
        (lambda row: row.update(place="nowhere"), "rosters/0/place: there is no place 'nowhere'."),
        (lambda row: row.update(last="2026-08-01"), "rosters/0: the last day comes after the first"),
        (lambda row: row.update(last="2028-08-01"), "at most 400 days later"),
        (lambda row: row.update(days=0), "rosters/0: the end comes after the beginning."),
        (lambda row: row.update(days=31), "rosters/0/days"),
        (lambda row: row.update(leaders=["9999"]), "rosters/0: there is nobody with staff number '9999'."),
        (lambda row: row.pop("leaders"), "a roster of kind week has leaders"),
        (lambda row: row.update(teachers=["1001"]), "nobody both leads and serves"),
        (lambda row: row.update(teachers_at_once=9), "there are fewer teachers than serve at once"),
    ],
)
def test_file_names_what_is_wrong_with_a_roster(change: Callable[[Any], None], expected: str, tmp_path: Path) -> None:
    content = yaml.safe_load((DEMO / "qinghe.yaml").read_text(encoding="utf-8"))
    change(content["rosters"][0])
    path = tmp_path / "qinghe.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ContentFileError, match=expected):
        school_read(path)
