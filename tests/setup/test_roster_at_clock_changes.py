"""A roster in a workbook on the nights when the clocks change: what is written down once stays the same shift."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.common.clock import database_now
from backend.duty.models import DutyShift
from backend.organisation.models import School
from backend.setup.workbook.reading import workbook_sheets
from backend.setup.workbook.services import workbook_export, workbook_preview
from tests.setup.conftest import DUTY, PEOPLE, empty, taken

__all__ = ["empty"]
BERLIN = ZoneInfo("Europe/Berlin")
MARCH, OCTOBER = 3, 10


def last_sunday(month: int) -> date:
    """Return the next day on which the clocks of Berlin change in a month."""
    today = database_now().date()
    for year in (today.year, today.year + 1):
        end = date(year, month, monthrange(year, month)[1])
        day = end - timedelta(days=(end.weekday() + 1) % 7)
        if day > today:
            break
    return day


@pytest.fixture
def in_berlin(empty: School) -> School:
    """A school in Berlin with somebody to lead."""
    empty.time_zone = BERLIN.key
    empty.save()
    taken(empty, {"people": [PEOPLE, ["1001", "Lin"], ["1002", "Wang"]]})
    return empty


def test_a_time_that_does_not_come_is_the_instant_of_the_change(in_berlin: School) -> None:
    """Half past two until a quarter past three ended before it began, and the database refused it unseen."""
    day = last_sunday(MARCH)
    taken(in_berlin, {"duty": [DUTY, ["night", day.isoformat(), "02:30", "", "03:15", "", "1001", ""]]})
    shift = DutyShift.objects.get()
    assert shift.starts_at == datetime.combine(day, time(1), tzinfo=UTC)
    assert shift.ends_at - shift.starts_at == timedelta(minutes=15)


def test_of_an_hour_that_comes_twice_the_exported_file_means_the_shift_that_is_there(in_berlin: School) -> None:
    """The later of the two was exported by its clock, and came back as another shift beside it, an hour earlier."""
    one = datetime.combine(last_sunday(OCTOBER), time(1), tzinfo=UTC)
    taken(in_berlin, {"duty": [DUTY, night(one)]})
    shift = DutyShift.objects.get()
    DutyShift.objects.update(starts_at=one + timedelta(minutes=15), ends_at=one + timedelta(minutes=45))
    exported = workbook_sheets(content=workbook_export(school=in_berlin, now=database_now()))
    plan = workbook_preview(school=in_berlin, actor=None, sheets=exported, now=database_now()).plan
    assert (plan.errors, plan.changes) == ([], [])
    changed = night(one)
    changed[2:5], changed[-1] = ["02:15", "", "02:45"], "1002"
    taken(in_berlin, {"duty": [DUTY, changed]})
    shift.refresh_from_db()
    assert (shift.starts_at, shift.ends_at) == (one + timedelta(minutes=15), one + timedelta(minutes=45))
    assert shift.slots.count() == 2


def night(at: datetime) -> list[object]:
    """Return the line of a night that ends at seven."""
    return ["night", at.astimezone(BERLIN).date().isoformat(), "02:10", "", "07:00", "", "1001", ""]
