"""Adoption: a leader takes a case to heart beside its office, with a date by which they see to it, and is reminded."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from backend.common.clock import database_now
from backend.deadlines.services import fire_due
from backend.notifications.models import Notice
from backend.organisation.roles import Role
from backend.workflow.models import TicketPart
from backend.workflow.states import State
from tests.browser import SignIn
from tests.notifications.hands import work
from tests.workflow.steps import HOUR, STRICT, TOLD, escalations, file_ticket, ticket_in
from tests.world import World, member_add


def adoption(hours: int = 1) -> dict[str, Any]:
    return {"note": "I ring the firm.", "done_by": (database_now() + hours * HOUR).isoformat()}


def audited() -> None:
    for command in ("deadlines_audit", "tickets_audit", "ledger_verify"):
        call_command(command)


def test_a_leader_adopts_it_and_sees_to_it_again_and_again(world: World, signed_in: SignIn) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    adopted = world.vera.client.act(ticket_id, "adopt", **adoption())
    assert adopted.status_code == 200, adopted.data
    (part,) = adopted.data["parts"]
    assert (part["kind"], part["person"]["id"]) == ("adoption", str(world.vera.person.id))
    assert adopted.data["assignee"]["id"] == str(world.bob.person.id)
    assert world.dan.client.act(ticket_id, "adopt", **adoption()).data["code"] == "adopted_already"
    assert f"/tickets/{ticket_id}" in signed_in(world.vera).get("/tickets?tab=mine").content.decode()
    fire_due(now=TicketPart.objects.get().due_at + timedelta(seconds=1))
    (fired,) = [row for row in escalations(ticket_id) if row["clock"] == "adoption"]
    assert str(world.cleo.person.id) in fired["reached"]
    again = world.vera.client.act(
        ticket_id, "follow-adoption", note="They come on Friday.", next_by=adoption(48)["done_by"]
    )
    assert [row["outcome"] for row in again.data["parts"]] == [""]
    audited()
    done = world.vera.client.act(ticket_id, "follow-adoption", note="They came.")
    assert [(row["outcome"], row["answer"]) for row in done.data["parts"]] == [("done", "They came.")]
    assert world.vera.client.act(ticket_id, "follow-adoption", note="Again.").status_code == 409
    audited()


@pytest.mark.parametrize(
    ("who", "changes", "status"),
    [
        ("dan", {}, 200),
        ("dan", {"done_by": "2020-01-01T00:00:00+00:00"}, 400),
        ("dan", {"done_by": None}, 400),
        ("bob", {}, 403),
        ("cleo", {}, 403),
        ("alice", {}, 403),
        ("carol", {}, 404),
        ("mallory", {}, 404),
    ],
)
def test_only_leaders_adopt_and_by_a_time_to_come(world: World, who: str, changes: dict[str, Any], status: int) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    assert world.members[who].client.act(ticket_id, "adopt", **{**adoption(), **changes}).status_code == status


def test_of_a_sealed_case_only_the_principal_adopts_and_it_lapses_with_the_ticket(world: World) -> None:
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    assert world.vera.client.act(ticket_id, "adopt", **adoption()).status_code == 404
    assert world.dan.client.act(ticket_id, "adopt", **adoption()).status_code == 200
    for action in ("acknowledge", "start", "resolve"):
        assert world.erin.client.act(ticket_id, action, note="Done.").status_code == 200
    closed = world.dan.client.act(ticket_id, "verify", note="Looked.")
    assert [part["outcome"] for part in closed.data["parts"]] == ["lapsed"]
    audited()


def test_it_ends_and_is_told_when_the_leader_leaves(world: World, signed_in: SignIn) -> None:
    """It stayed with somebody who had left, climbed every week, and nobody else could adopt it."""
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    ticket_id, merged = (ticket_in(world, State.IN_PROGRESS) for _ in range(2))
    for one in (ticket_id, merged):
        assert world.vera.client.act(one, "adopt", **adoption()).status_code == 200
    assert world.bob.client.act(merged, "merge", into=str(ticket_id)).status_code == 200
    left = ada.client.post(f"people/{world.vera.person.id}/leaving", {})
    assert left.status_code == 200, left.data
    (part,) = world.dan.client.get(f"tickets/{ticket_id}").data["parts"]
    assert part["outcome"] == "withdrawn"
    work(TOLD)
    told = Notice.objects.filter(ticket=ticket_id, kind="adopter-left").values_list("person__name", flat=True)
    assert set(told) == {"Bob", "Dan"}
    assert "Vera has left" in signed_in(world.dan).get(f"/tickets/{ticket_id}").content.decode()
    assert world.dan.client.act(ticket_id, "adopt", **adoption()).status_code == 200
    assert world.bob.client.act(merged, "unmerge", note="Another door.").status_code == 200
    assert world.dan.client.act(merged, "adopt", **adoption()).status_code == 200
    audited()
