"""The thread: filed, routed, acknowledged, resolved, verified, and the reporter sees it."""

from uuid import UUID

from backend.common.clock import database_now
from backend.workflow.services import tickets_route
from tests.world import World, version_of


def test_a_report_goes_all_the_way(world: World) -> None:
    filed = world.alice.client.post("reports", world.report_body())
    assert filed.status_code == 201, filed.data
    assert filed.data["state"] == "received"
    assert filed.data["office"]["code"] == "safety-office"
    ticket = filed.data["ticket"]
    tickets_route(ticket_ids=[UUID(ticket)], now=database_now())

    seen = world.bob.client.get(f"tickets/{ticket}")
    assert seen.status_code == 200
    assert seen.data["owner"]["code"] == "security"
    assert "acknowledge" in seen.data["available_actions"]
    assert version_of(seen) == seen.data["version"]

    for action, note in (
        ("acknowledge", ""),
        ("record-interim-control", "Desks moved aside, door open."),
        ("start", ""),
        ("resolve", "Desks stored in the depot."),
    ):
        done = world.bob.client.act(ticket, action, note=note)
        assert done.status_code == 200, done.data
    assert world.bob.client.act(ticket, "verify", note="Fine.").data["code"] == "fixer_cannot_verify"
    closed = world.cleo.client.act(ticket, "verify", note="Seen: the exit is free.")
    assert closed.data["state"] == "closed"
    assert world.alice.client.get(f"reports/{filed.data['id']}").data["state"] == "closed"

    kinds = [event["kind"] for event in world.alice.client.get(f"tickets/{ticket}/timeline").data]
    assert kinds == [
        "opened",
        "route",
        "acknowledge",
        "record-interim-control",
        "start",
        "resolve",
        "verify",
    ]
