"""Every outcome of an item that is an action, and every form of a meeting's page, taken once."""

from datetime import timedelta
from typing import Any

import pytest

from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.browser import SignIn
from tests.meetings.test_meetings import WHY, called, item_of, on
from tests.workflow.steps import DAY, ticket_in
from tests.world import World


@pytest.mark.parametrize(
    ("who", "action", "dated"),
    [
        ("dan", "adopt", "done_by"),
        ("dan", "ask-subtask", None),
        ("dan", "promise", "promised_for"),
        ("dan", "change-promise", "promised_for"),
    ],
)
def test_an_outcome_is_the_action_itself(world: World, who: str, action: str, dated: str | None) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    first: dict[str, Any] = {"note": "The firm comes.", "promised_for": (world.now + 2 * DAY).isoformat()}
    if action == "change-promise":
        assert world.bob.client.act(ticket_id, "promise", **first).status_code == 200
    Ticket.objects.filter(id=ticket_id).update(next_due_at=world.now - DAY)
    meeting = called(world)
    given: dict[str, Any] = {dated: (world.now + timedelta(days=4)).isoformat()} if dated else {}
    if action == "ask-subtask":
        given = {"office": str(world.home.units["facilities"].id)}
    answer = on(world, who, meeting, ticket_id, f"actions/{action}", note="It was agreed.", **given)
    assert answer.status_code == 200, answer.data


def test_the_forms_of_the_page_are_taken(world: World, signed_in: SignIn) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    meeting, vera = called(world), signed_in(world.vera)
    assert f"/meetings/{meeting['id']}" in vera.get("/meetings").content.decode()
    reference = Ticket.objects.get(id=ticket_id).reference
    there = f"/meetings/{meeting['id']}"
    assert vera.post(f"{there}/add", {"ticket": reference, **WHY}).headers["Location"].startswith(there)
    assert vera.post(f"{there}/renew").headers["Location"].startswith(there)
    item = item_of(world.vera.client.get(f"meetings/{meeting['id']}").data, ticket_id)
    off = vera.post(f"{there}/items/{item['id']}/take-off", WHY)
    assert off.headers["Location"].startswith(there)
