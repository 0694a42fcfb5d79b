"""The hour that comes twice when summer time ends: what the report page itself fills in is taken."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from backend.common.moments import instant_of
from backend.incidents.models import Report
from backend.organisation.models import School
from tests.browser import SignIn
from tests.portal.test_report_page import form_fields
from tests.world import World

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def in_london(world: World) -> World:
    """The cast at a school in London."""
    School.objects.filter(id=world.school.id).update(time_zone=LONDON.key)
    return world


@pytest.mark.parametrize("hour", [0, 1])
def test_the_time_that_the_page_itself_filled_in_is_taken_in_either_hour(
    in_london: World, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch, hour: int
) -> None:
    """The page filled in 01:30 at half past one, and refused it as a time that could be either of two (E5)."""
    now = datetime(2026, 10, 25, hour, 30, 20, tzinfo=UTC)
    monkeypatch.setattr("backend.portal.views.filing.database_now", lambda: now)
    client = signed_in(in_london.alice)
    filled_in = re.search(r'<input[^>]*name="occurred_at"[^>]*value="([^"]+)"', client.get("/report").content.decode())
    assert filled_in is not None
    assert filled_in[1] == "2026-10-25T01:30"
    assert client.post("/report", form_fields(client, in_london, occurred_at=filled_in[1])).status_code == 302
    assert Report.objects.get().occurred_at == now.replace(second=0)


def test_a_report_of_half_past_one_on_the_night_the_clocks_go_back_is_filed(
    in_london: World, signed_in: SignIn
) -> None:
    client = signed_in(in_london.alice)
    sent = form_fields(client, in_london, occurred_at="2026-10-25T01:30")
    assert client.post("/report", sent).status_code == 302
    assert Report.objects.get().occurred_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_time_that_does_not_come_at_all_is_refused(in_london: World, signed_in: SignIn) -> None:
    client = signed_in(in_london.alice)
    sent = form_fields(client, in_london, occurred_at="2026-03-29T01:30")
    refused = client.post("/report", sent)
    assert (refused.status_code, "this time does not come on that day" in refused.content.decode()) == (422, True)


@pytest.mark.parametrize(("now", "hour"), [("2026-10-25T00:40", 0), ("2026-10-25T01:29", 0), ("2026-10-25T01:30", 1)])
def test_of_the_two_the_later_one_that_has_begun_is_meant(now: str, hour: int) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = instant_of(wall=datetime.fromisoformat("2026-10-25T01:30"), zone=LONDON, now=at)
    assert found.astimezone(UTC) == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
