"""The statements of the actions of daily work, each of them listed in docs/performance.md."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.workflow.models import Ticket
from tests.workflow.steps import file_ticket
from tests.world import World

COSTS = {"acknowledge": 10, "comment": 10, "record-interim-control": 10, "start": 10, "resolve": 14}
"""With those that begin and end the transaction; the order is that of the work."""


def statements_of_work(world: World) -> dict[str, int]:
    """Let Bob work on a ticket of his office; return how many statements each action sent."""
    ticket_id = file_ticket(world, routed=True)
    sent = {}
    for action in COSTS:
        version = Ticket.objects.get(id=ticket_id).version
        with CaptureQueriesContext(connection) as captured:
            done = world.bob.client.act(ticket_id, action, match=version, note="Done.")
        assert done.status_code == 200, done.data
        sent[action] = len(captured)
    return sent


def test_an_action_sends_the_statements_that_the_paper_lists(world: World) -> None:
    statements_of_work(world)  # calendar and rulebook are read once for the process
    assert statements_of_work(world) == COSTS
