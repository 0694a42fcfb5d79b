"""Assigning somebody who is away: warned with who covers, and possible on purpose; on one ticket and in bulk."""

from datetime import timedelta
from uuid import UUID

import pytest

from backend.duty.models import Absence
from backend.workflow.models import Ticket
from tests.workflow.steps import DAY, file_ticket
from tests.world import World


@pytest.fixture
def given(world: World) -> UUID:
    """A ticket of Bob's office while Ben is away for fourteen days."""
    Absence.objects.create(person=world.ben.person, starts_at=world.now - DAY, ends_at=world.now + 14 * DAY)
    return file_ticket(world, routed=True)


def test_the_warning_says_until_when_and_who_covers(world: World, given: UUID) -> None:
    refused = world.bob.client.act(given, "assign", assignee=str(world.ben.person.id))
    assert (refused.status_code, refused.data["code"]) == (409, "assignee_away")
    assert refused.data["errors"][0]["pointer"] == "/assignee"
    day = (world.now + 14 * DAY + timedelta(hours=8)).strftime("%-d %b %Y")
    assert refused.data["detail"].startswith(f"Ben is away until {day}, ")
    assert "; Bob can be reached meanwhile." in refused.data["detail"]
    assert Ticket.objects.get(id=given).assignee is None


def test_it_can_be_done_on_purpose(world: World, given: UUID) -> None:
    done = world.bob.client.act(given, "assign", assignee=str(world.ben.person.id), although_away=True)
    assert done.status_code == 200
    assert Ticket.objects.get(id=given).assignee == world.ben.person


def test_somebody_who_is_back_or_leaves_later_is_assigned_without_a_word(world: World) -> None:
    for starts, ends in ((-14, -1), (1, 14)):
        Absence.objects.create(
            person=world.ben.person, starts_at=world.now + starts * DAY, ends_at=world.now + ends * DAY
        )
    ticket_id = file_ticket(world, routed=True)
    assert world.bob.client.act(ticket_id, "assign", assignee=str(world.ben.person.id)).status_code == 200


def test_in_bulk_each_ticket_is_warned_of_and_may_be_given_on_purpose(world: World, given: UUID) -> None:
    body = {"action": "assign", "items": [{"ticket": str(given), "version": 2}], "assignee": str(world.ben.person.id)}
    (item,) = world.bob.client.post("tickets/bulk", body).data["items"]
    assert (item["status"], item["problem"]["code"]) == (409, "assignee_away")
    (item,) = world.bob.client.post("tickets/bulk", {**body, "although_away": True}).data["items"]
    assert item["status"] == 200
    wrong = {"action": "comment", "items": [{"ticket": str(given)}], "note": "Hm.", "although_away": True}
    assert world.bob.client.post("tickets/bulk", wrong).data["errors"][0]["code"] == "unknown_field"
