"""The page of a shift in the administration keeps the rules that its service keeps."""

from datetime import timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend.duty.models import DutyShift, DutySlot
from backend.organisation.roles import Role
from tests.administration.conftest import form_of
from tests.browser import SignIn
from tests.organisation.test_rosters import planned
from tests.world import World, member_add


@pytest.fixture
def school(world: World) -> World:
    """The cast with Adam, who administrates."""
    member_add(world, "adam", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    return world


@pytest.mark.slow("tests/administration/test_shift_page.py", after=3)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"slots-0-part": "teacher", "slots-1-part": "teacher"}, "Week, night and holiday duty needs a leader"),
        ({"ends_at": 40 * 24}, "lasts 31 days at most"),
        ({"starts_at": 500 * 24, "ends_at": 501 * 24}, "lies at most 400 days ahead"),
        ({"starts_at": -9, "ends_at": -1}, "This duty is over"),
        ({"kind": "gate", "slots-0-DELETE": "on", "slots-1-DELETE": "on"}, "name 1 to 20 different people"),
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
def test_the_administration_page_keeps_the_rules_of_shifts(
    school: World, signed_in: SignIn, changes: dict[str, Any], said: str, *, is_new: bool
) -> None:
    shift = planned(school)
    before = list(DutySlot.objects.order_by("id").values_list("id", "part", "person"))
    client, path = signed_in(school.adam), f"/admin/duty/dutyshift/{shift['id']}/change/"
    sent = form_of(client, path)
    zone = ZoneInfo(school.school.time_zone)
    for name, hours in ((name, hours) for name, hours in changes.items() if isinstance(hours, int)):
        at = (school.now + timedelta(hours=hours)).astimezone(zone)
        sent |= {f"{name}_0": f"{at:%Y-%m-%d}", f"{name}_1": f"{at:%H:%M}"}
    sent |= {name: value for name, value in changes.items() if isinstance(value, str)}
    if is_new:
        path, sent["slots-INITIAL_FORMS"] = "/admin/duty/dutyshift/add/", "0"
        sent = {name: value for name, value in sent.items() if not name.endswith(("-id", "-shift"))}
        sent |= {"place": ""}
    answer = client.post(path, sent)
    assert (answer.status_code, said in unescape(answer.content.decode())) == (200, True)
    assert list(DutySlot.objects.order_by("id").values_list("id", "part", "person")) == before
    assert DutyShift.objects.get().version == 1


def test_a_shift_that_is_over_stays_as_it_was_on_its_page_too(school: World, signed_in: SignIn) -> None:
    shift = planned(school)
    client, path = signed_in(school.adam), f"/admin/duty/dutyshift/{shift['id']}/change/"
    DutyShift.objects.update(starts_at=school.now - timedelta(hours=9), ends_at=school.now - timedelta(hours=1))
    later = school.now + timedelta(hours=30)
    sent = form_of(client, path, ends_at_0=f"{later:%Y-%m-%d}")
    answer = client.post(path, sent)
    assert (answer.status_code, "This duty is over" in answer.content.decode()) == (200, True)
    assert DutyShift.objects.get().ends_at < school.now


@pytest.mark.parametrize(("day", "status"), [("", 302), ("9999-12-31", 200), ("x", 200)])
def test_a_shift_may_end_at_24_00(school: World, signed_in: SignIn, day: str, status: int) -> None:
    shift = DutyShift.objects.get(id=planned(school)["id"])
    client, path = signed_in(school.adam), f"/admin/duty/dutyshift/{shift.id}/change/"
    zone = ZoneInfo(school.school.time_zone)
    today = f"{shift.starts_at.astimezone(zone):%Y-%m-%d}"
    sent = {**form_of(client, path), "ends_at_0": day or today, "ends_at_1": "24:00"}
    assert client.post(path, sent).status_code == status
    shift.refresh_from_db()
    ends = shift.ends_at.astimezone(zone)
    if status == 302:
        assert (f"{ends - timedelta(days=1):%Y-%m-%d}", f"{ends:%H:%M}") == (today, "00:00")
