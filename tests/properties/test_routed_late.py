"""Tickets that people dealt with before the worker routed them: engine and oracle agree on what follows."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.workflow.models import Ticket
from tests.properties.conftest import twin_of
from tests.properties.test_interleavings import DAY, SOON, Meeting
from tests.roles import as_owner
from tests.world import World
from tools.prove.simulate.twin_parts import merge

pytestmark = pytest.mark.django_db

FILED = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)


@pytest.fixture
def closed(world: World) -> Meeting:
    """A ticket about a place, solved and closed."""
    meeting = Meeting(*twin_of(world, "Asia/Shanghai"), FILED, place=world.home.places["stairwell"].id)
    meeting.take("acknowledge", "start")
    meeting.solve(FILED + DAY)
    meeting.twin.act(case=meeting.case, action="verify", at=FILED + DAY + SOON)
    return meeting


def again(closed: Meeting) -> Meeting:
    """The same place once more, acknowledged before anybody routed it."""
    filed, told = FILED + 2 * DAY, closed.case.told
    meeting = Meeting(closed.twin, closed.stage, filed, place=told.place, is_routed=False)
    meeting.take("acknowledge")
    return meeting


def test_what_was_given_to_an_office_before_it_is_routed_is_looked_at_then(closed: Meeting) -> None:
    """The oracle passed over it, and took a ticket that came back for a first one."""
    meeting = again(closed)
    meeting.step("assign-office", meeting.filed + 2 * SOON)
    meeting.twin.route(case=meeting.case, at=meeting.filed + 3 * SOON)
    assert meeting.case.told.is_back
    assert meeting.case.told.severity < closed.case.told.severity
    assert meeting.disagreements() == []


@pytest.mark.parametrize("is_fixer", [False, True])
def test_whoever_worked_on_it_does_not_end_it_by_a_merge(closed: Meeting, is_fixer: bool) -> None:
    """The oracle let them."""
    meeting = again(closed)
    meeting.twin.route(case=meeting.case, at=meeting.filed + 2 * SOON)
    leader = meeting.case.actor_for("verify")
    if is_fixer:
        meeting.case.workers.add(leader)
        with as_owner():
            Ticket.objects.filter(id=meeting.case.told.key).update(workers=[leader.person_id])
    merge(meeting.twin, case=meeting.case, into=closed.case, by=leader, at=meeting.filed + timedelta(hours=1))
    assert (meeting.case.told.state == "merged") is not is_fixer
    assert meeting.disagreements() == []
