"""The hour that comes twice when summer time ends: what the report page itself fills in is taken."""

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
    assert client.post("/report", sent).status_code == 422


@pytest.mark.parametrize(("now", "hour"), [("2026-10-25T00:40", 0), ("2026-10-25T01:29", 0), ("2026-10-25T01:30", 1)])
def test_of_the_two_the_later_one_that_has_begun_is_meant(now: str, hour: int) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = instant_of(wall=datetime.fromisoformat("2026-10-25T01:30"), zone=LONDON, now=at)
    assert found.astimezone(UTC) == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
