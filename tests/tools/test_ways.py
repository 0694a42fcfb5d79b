"""Whole ways through the product, in files somebody has to read: a report, an action, a deadline; none grows."""

from datetime import timedelta
from uuid import uuid4

import pytest

from backend.common.clock import database_now
from backend.deadlines.services import fire_due
from backend.notifications.tasks import deliver, tell
from backend.workflow.models import Ticket
from backend.workflow.tasks import route
from tests.world import World
from tools.prove.ways import Way, followed

MOST_FILES = {"report": 59, "action": 42, "deadline": 18}
"""The number of files that each way visits today; it only gets smaller. The aim is 30, 18 and 15."""


def file(world: World) -> None:
    """File a report through the socket's side of the product, have it routed, and its people told."""
    world.alice.client.post("reports", world.report_body(), key=str(uuid4()))
    route()
    tell()
    deliver()


@pytest.fixture
def warm(world: World) -> World:
    """The cast, after everything that is read once per process was read."""
    file(world)
    ticket = Ticket.objects.get()
    world.bob.client.act(ticket.id, "acknowledge")
    fire_due(now=database_now() + timedelta(days=30))
    return world


def test_a_report_from_the_socket_to_everybody_told(warm: World) -> None:
    with followed() as way:
        file(warm)
    check(way, "report")


def test_an_action_and_its_answer(warm: World) -> None:
    file(warm)
    ticket = Ticket.objects.latest("filed_at")
    with followed() as way:
        done = warm.bob.client.post(f"tickets/{ticket.id}/actions/acknowledge")
    assert done.status_code == 200
    check(way, "action")


def test_a_deadline_from_the_sweep_to_the_outbox(warm: World) -> None:
    file(warm)
    with followed() as way:
        assert fire_due(now=database_now() + timedelta(minutes=31)).fired
    check(way, "deadline")


def check(way: Way, name: str) -> None:
    """Print the way, and see that it has not grown."""
    print(way)
    assert len(way.files) <= MOST_FILES[name], str(way)
