"""A supervision order: an answer demanded by a date, on a clock of its own that climbs, and lapses with the ticket."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from backend.common.clock import database_now
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.workflow.models import Ticket, TicketPart
from backend.workflow.states import State
from tests.workflow.steps import HOUR, escalations, ticket_in
from tests.world import World

DEMAND: dict[str, Any] = {"note": "Say in writing when the stairs are safe."}


def in_hours(hours: int) -> str:
    return (database_now() + hours * HOUR).isoformat()


def audited() -> None:
    call_command("deadlines_audit")
    call_command("tickets_audit")
    call_command("ledger_verify")


def test_it_is_demanded_answered_and_told(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    before = Ticket.objects.get(id=ticket_id).next_due_at
    due_at = in_hours(1)
    ordered = world.dan.client.act(ticket_id, "order", **DEMAND, due_at=due_at)
    assert ordered.status_code == 200, ordered.data
    (part,) = ordered.data["parts"]
    assert (part["kind"], part["outcome"], part["words"]) == ("order", "", DEMAND["note"])
    owed = next(row for row in ordered.data["obligations"] if row["action"] == "answer-order")
    assert (owed["part"], owed["person"]) == (part["id"], str(world.bob.person.id))
    assert Ticket.objects.get(id=ticket_id).next_due_at < before
    audited()
    answered = world.bob.client.act(ticket_id, "answer-order", note="By Friday; the rail is ordered.")
    assert answered.status_code == 200, answered.data
    (part,) = answered.data["parts"]
    assert (part["outcome"], part["answer"]) == ("done", "By Friday; the rail is ordered.")
    assert "answer-order" not in answered.data["available_actions"]
    assert Ticket.objects.get(id=ticket_id).next_due_at == before
    audited()


@pytest.mark.parametrize(
    ("who", "changes", "answer"),
    [
        ("dan", {"note": ""}, (400, "/note")),
        ("dan", {"due_at": "2020-01-01T00:00:00+00:00"}, (400, "/due_at")),
        ("dan", {"due_at": "soon"}, (400, "/due_at")),
        ("bob", {}, (403, None)),
        ("alice", {}, (403, None)),
        ("mallory", {}, (404, None)),
    ],
)
def test_only_those_above_demand_and_by_a_time_to_come(
    world: World, who: str, changes: dict[str, Any], answer: tuple[int, str | None]
) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    refused = getattr(world, who).client.act(ticket_id, "order", **{**DEMAND, **changes})
    pointer = refused.data["errors"][0]["pointer"] if refused.data.get("errors") else None
    assert (refused.status_code, pointer) == answer
    assert not TicketPart.objects.exists()


def test_one_that_is_not_answered_in_time_climbs_once_per_rung(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    part_id = world.dan.client.act(ticket_id, "order", **DEMAND, due_at=in_hours(1)).data["parts"][0]["id"]
    timer = Timer.objects.get(target=part_id)
    fire_due(now=timer.due_at + timedelta(seconds=1))
    fire_due(now=timer.due_at + timedelta(seconds=2))
    (fired,) = [row for row in escalations(ticket_id) if row["clock"] == "order"]
    assert (fired["part"], fired["rung"], fired["level"]) == (part_id, 1, 1)
    assert str(world.bob.person.id) in fired["reached"]
    audited()


def test_of_two_the_one_that_is_meant_is_named(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    for _ in range(2):
        parts = world.dan.client.act(ticket_id, "order", **DEMAND).data["parts"]
    unsaid = world.bob.client.act(ticket_id, "answer-order", note="Done.")
    assert (unsaid.status_code, unsaid.data["code"]) == (400, "unknown_part")
    answered = world.bob.client.act(ticket_id, "answer-order", note="Done.", order=parts[1]["id"])
    assert [part["outcome"] for part in answered.data["parts"]] == ["", "done"]
    again = world.bob.client.act(ticket_id, "answer-order", note="Done.", order=parts[1]["id"])
    assert (again.status_code, again.data["errors"][0]["pointer"]) == (400, "/order")


def test_it_lapses_with_the_ticket(world: World) -> None:
    ticket_id = ticket_in(world, State.RESOLVED)
    assert world.dan.client.act(ticket_id, "order", **DEMAND).status_code == 409
    world.cleo.client.act(ticket_id, "reject-fix", note="It still leaks.")
    world.dan.client.act(ticket_id, "order", **DEMAND)
    world.bob.client.act(ticket_id, "resolve", note="Sealed anew.")
    assert world.cleo.client.act(ticket_id, "verify", note="Dry.").data["parts"][0]["outcome"] == "lapsed"
    assert not Timer.objects.exclude(target="").filter(stopped_at=None).exists()
    audited()
