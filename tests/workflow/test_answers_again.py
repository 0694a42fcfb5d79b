"""A repeated request gets the stored answer only while its principal may still know what it tells."""

from uuid import UUID, uuid4

from backend.incidents.models import Report
from tests.workflow.steps import STRICT, file_ticket
from tests.world import World

COMMENT = {"note": "Hm."}


def raise_it(world: World, ticket_id: UUID) -> None:
    """Make a ticket a case of student protection."""
    done = world.dan.client.act(ticket_id, "reclassify", note="It is about a child.", category=STRICT)
    assert done.status_code == 200, done.data


def test_an_answer_about_a_ticket_that_left_ones_sight_is_not_sent_again(world: World) -> None:
    ticket_id, key = file_ticket(world, routed=True), str(uuid4())
    address = f"tickets/{ticket_id}/actions/comment"
    first, again = (world.bob.client.post(address, COMMENT, key=key) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert again.headers["Idempotency-Replayed"] == "true"
    raise_it(world, ticket_id)
    refused = world.bob.client.post(address, COMMENT, key=key)
    assert (refused.status_code, refused.data["code"]) == (404, "not_found")
    assert "description" not in refused.content.decode()


def test_an_answer_about_many_tickets_is_not_sent_again_when_one_left(world: World) -> None:
    ticket_id, other, key = file_ticket(world, routed=True), file_ticket(world, routed=True), str(uuid4())
    items = [{"ticket": str(number)} for number in (ticket_id, other, uuid4())]
    body = {"action": "comment", "note": "Hm.", "items": items}
    first, again = (world.bob.client.post("tickets/bulk", body, key=key) for _ in range(2))
    assert [item["status"] for item in first.data["items"]] == [200, 200, 404]
    assert again.status_code == 207
    raise_it(world, ticket_id)
    assert world.bob.client.post("tickets/bulk", body, key=key).status_code == 404


def test_a_reporter_gets_the_receipt_again_without_a_ticket_that_was_sealed(world: World) -> None:
    body, key = world.report_body(), str(uuid4())
    filed = world.alice.client.post("reports", body, key=key)
    raise_it(world, UUID(filed.data["ticket"]))
    again = world.alice.client.post("reports", body, key=key)
    assert (again.status_code, again.data["id"], again.data["ticket"]) == (201, filed.data["id"], None)
    assert Report.objects.count() == 1
