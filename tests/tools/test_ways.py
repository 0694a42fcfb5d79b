"""Whole ways through the product, in files somebody has to read: a report, an action, a deadline; none grows."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Most:
    """The most files a way may visit, how many of them an unlike request does not visit, and the steps back."""

    files: int
    own: int
    reading_back: int


MOST = {"report": Most(64, 46, 113), "action": Most(52, 34, 83), "deadline": Most(23, 20, 38)}
"""The numbers reached today, which only get smaller. The aim was 30, 18 and 15 files; ADR 0028 says what remains.

The steps back have two to spare: the order in which a set is gone through is another in each process.
"""


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
    note_absence(world)
    fire_due(now=database_now() + timedelta(days=30))
    return world


def note_absence(world: World) -> None:
    """Note an absence, a change of another room that touches no ticket."""
    span = {"starts_at": world.now.isoformat(), "ends_at": (world.now + timedelta(hours=1)).isoformat()}
    noted = world.carol.client.post("absences", span)
    assert noted.status_code == 201


def test_a_report_from_the_socket_to_everybody_told(warm: World) -> None:
    with followed() as way:
        file(warm)
    check(way, "report", warm)


def test_an_action_and_its_answer(warm: World) -> None:
    file(warm)
    ticket = Ticket.objects.latest("filed_at")
    with followed() as way:
        done = warm.bob.client.post(f"tickets/{ticket.id}/actions/acknowledge")
    assert done.status_code == 200
    check(way, "action", warm)


def test_a_deadline_from_the_sweep_to_the_outbox(warm: World) -> None:
    file(warm)
    with followed() as way:
        assert fire_due(now=database_now() + timedelta(minutes=31)).fired
    check(way, "deadline", warm)


def check(way: Way, name: str, world: World) -> None:
    """Print the way beside an unlike request, and see that it has not grown."""
    with followed() as unlike:
        note_absence(world)
    own = way.own(unlike)
    print(f"{name}: {way}\nof its own: {len(own)}\n" + "\n".join(f"  {each}" for each in own))
    most = MOST[name]
    assert len(way.files) <= most.files, str(way)
    assert len(own) <= most.own, str(way)
    assert way.reading_back <= most.reading_back, str(way)
