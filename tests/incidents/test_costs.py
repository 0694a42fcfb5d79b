"""The SQL statements that filing and listing cost: bounded, and the same however many tickets there are."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.ids import reference_new
from backend.workflow.models import Ticket
from tests.workflow.steps import STRICT, file_ticket
from tests.world import World

MOST_TO_FILE = 5
MOST_TO_LIST = 8
TRANSACTION_CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def statements(captured: CaptureQueriesContext) -> list[str]:
    """Return the SQL statements without those that only open and close transactions."""
    return [row["sql"] for row in captured.captured_queries if not row["sql"].startswith(TRANSACTION_CONTROL)]


def test_filing_a_report(world: World) -> None:
    dan = [str(world.dan.person.id)]
    for category in ("F02", STRICT, STRICT):  # whatever a process learns with the first ones
        file_ticket(world, category=category)
    for changes, more in (
        ({}, 0),
        ({"category": STRICT}, 0),
        ({"category": "B02"}, 0),
        ({"place": None}, 0),
        ({"persons_concerned": dan}, 2),
    ):
        with CaptureQueriesContext(connection) as captured:
            filed = world.alice.client.post("reports", world.report_body(**changes))
        assert filed.status_code == 201
        assert len(statements(captured)) <= MOST_TO_FILE + more, "\n".join(statements(captured))


def multiply(ticket_id: UUID, wanted: int) -> None:
    """Store copies of a received ticket until there are so many, each due a minute after the one before."""
    row = Ticket.objects.values().get(id=ticket_id)
    present = Ticket.objects.count()
    Ticket.objects.bulk_create(
        [
            Ticket(
                **{
                    **row,
                    "id": uuid4(),
                    "reference": reference_new(),
                    "next_due_at": row["next_due_at"] + timedelta(minutes=number),
                }
            )
            for number in range(present, wanted)
        ],
        batch_size=2000,
    )


def cost_of_list(world: World, name: str) -> int:
    """Return the statements for the first and the second page of a member's list; both cost the same."""
    client = world.members[name].client
    with CaptureQueriesContext(connection) as captured:
        first = client.get("tickets")
    if first.data["next"]:
        with CaptureQueriesContext(connection) as again:
            second = client.http.get(first.data["next"])
        assert len(second.data["items"]) == len(first.data["items"]) == 25
        assert len(statements(again)) == len(statements(captured))
    return len(statements(captured))


def test_listing_tickets_costs_the_same_for_ten_and_for_two_thousand(world: World) -> None:
    ticket_id = file_ticket(world)
    costs = []
    for count in (10, 2_000):
        multiply(ticket_id, count)
        Ticket.objects.exclude(id=ticket_id).update(state="routed", owner=world.home.units["security"])
        assert Ticket.objects.count() == count
        costs.append({name: cost_of_list(world, name) for name in ("alice", "bob", "cleo", "dan", "olga", "mallory")})
    assert costs[0] == costs[1]
    assert max(costs[0].values()) <= MOST_TO_LIST, costs[0]
