"""A portal shows rounds, steps and reports outside as it shows tickets: once, retried, done or gone, and put right."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.organisation.models import Appointment, School
from backend.todos.models import PushedTodo
from backend.todos.selectors.subjects import WAY_BACK
from backend.todos.services.looking import beside_look
from backend.todos.services.reconciling import systems_reconcile
from backend.todos.services.sending import todos_send
from tests.integrations.programs import program
from tests.roles import as_owner
from tests.rounds.conftest import opened, round_of
from tests.rounds.test_answering import WELL, say
from tests.todos.portal import Portal
from tests.todos.steps import act, connected, owed, work
from tests.todos.test_pulling import Puller
from tests.workflow.steps import STRICT, file_ticket
from tests.world import World

HOUR = timedelta(hours=1)


@pytest.fixture
def live_world(world: World) -> World:
    """The cast, whose schools work with the system."""
    School.objects.update(live_at=world.now)
    return world


def carried(*, later: timedelta = timedelta(0)) -> None:
    """Let the workers look at what is beside tickets, and send it."""
    beside_look(now=database_now())
    work(later=later)


def titles(portal: Portal, who: str, *, is_done: bool = False) -> set[str]:
    """Return what stands there for somebody."""
    return {task.title for task in portal.tasks.values() if task.person == who and task.is_done is is_done}


def test_rounds_stand_there_once_through_every_trouble_and_are_done_or_gone(live_world: World, portal: Portal) -> None:
    world = live_world
    connected(world, portal)
    row = opened(world)
    portal.away = 1
    carried()
    assert portal.tasks == {}
    portal.lost = 1
    carried(later=HOUR)
    carried(later=2 * HOUR)
    assert portal.shown() == owed(world)
    assert titles(portal, "ben") == {"Say how it is: Daily report · Security office"}
    assert (portal.twice(), world.mallory.person.name in str(portal.tasks)) == ([], False)
    before = len(portal.asked)
    carried(later=3 * HOUR)
    assert len(portal.asked) == before, "nothing that stands there is sent again"
    say(world.ben.client, row, WELL)
    world.dan.client.post(f"rounds/{round_of(world, 'facilities').id}/excuse", {"reason": "They moved house."})
    carried(later=3 * HOUR)
    assert portal.shown() == owed(world)
    assert len(titles(portal, "bob", is_done=True)) == 1, "he was asked too, and another one of the office did it"
    assert titles(portal, "carol") | titles(portal, "carol", is_done=True) == set(), "what was called off is not done"
    assert str(round_of(world, "safety-office").id) in str(portal.shown()["cleo"])
    with as_owner():
        Appointment.objects.filter(person=world.cleo.person).update(ends_at=database_now())
    carried(later=3 * HOUR)
    assert (portal.shown(), "cleo" in portal.shown()) == (owed(world), False), "whoever moved on owes nothing"


def test_steps_and_reports_outside_follow_their_ticket_and_what_is_sealed_says_nothing(
    world: World, portal: Portal
) -> None:
    connected(world, portal)
    ticket_id = file_ticket(world, category="F01", routed=True)
    begun = world.dan.client.post(f"tickets/{ticket_id}/response", {"plan": "RP-FIRE"}).data
    work()
    assert portal.shown() == owed(world)
    (step,) = [task for task in begun["tasks"] if task["key"] == "power-off"]
    assert any(title.startswith("Do your step of the plan: ") for title in titles(portal, "carol"))
    world.carol.client.post(f"responses/{begun['id']}/steps/{step['id']}/done", {"words": "Off."})
    duties = world.dan.client.get(f"tickets/{ticket_id}/outside-duties").data["duties"]
    world.dan.client.post(f"tickets/{ticket_id}/outside-duties/{duties[0]['id']}/tell", {"whom": "Desk"})
    work()
    assert portal.shown() == owed(world)
    assert any("· Fire" in title for title in titles(portal, "carol", is_done=True))
    assert len(titles(portal, "dan", is_done=True)) == 1
    act(world, "bob", ticket_id, "reclassify", note="A child.", category=STRICT)
    work()
    assert portal.shown() == owed(world)
    assert {task.title for task in portal.tasks.values()} == {"Something waits for you in Allclear"}
    assert {task.due for task in portal.tasks.values()} == {None}
    ways = {task.link.removeprefix(settings.PUBLIC_URL) for task in portal.tasks.values()}
    assert ways == {"/todo", f"/tickets/{ticket_id}"}, "an address tells nothing of what waits"


def test_at_night_what_was_lost_comes_back_and_what_is_no_longer_there_goes(live_world: World, portal: Portal) -> None:
    world = live_world
    connected(world, portal)
    opened(world)
    carried()
    lost = next(task for task in portal.tasks.values() if task.person == "bob")
    del portal.tasks[lost.source_id]
    with as_owner():
        PushedTodo.objects.filter(person=world.carol.person).update(subject=world.school.id)
    systems_reconcile(now=database_now() + 13 * HOUR)
    todos_send(now=database_now() + 14 * HOUR)
    assert portal.shown() == owed(world)
    assert portal.twice() == []


def test_a_portal_that_asks_for_itself_reads_the_same(live_world: World) -> None:
    world = live_world
    portal = Puller(program(world, "todo.read"))
    connected(world, portal, kind="pull", setup={}, name="pulled")
    row = opened(world)
    case = str(file_ticket(world, category="C01"))
    carried()
    portal.pull()
    everything = owed(world)
    assert any(link.endswith(WAY_BACK) for link in everything["erin"] & everything["dan"])
    kept = {
        name: {link for link in links if case in link or link.endswith(WAY_BACK)} for name, links in everything.items()
    }
    told = {name: links - kept[name] for name, links in everything.items()}
    assert portal.shown() == {name: links for name, links in told.items() if links}
    say(world.ben.client, row, WELL)
    # Before a worker looked: what a reader gets is decided when it is read.
    (item,) = [one for one in portal.reader.for_("bob").get("todo/pull").data["items"] if str(row.id) in one["link"]]
    assert item["state"] == "done"


def test_looking_and_sending_cost_the_same_however_much_is_owed(live_world: World, portal: Portal) -> None:
    connected(live_world, portal)

    def cost(act: Callable[[], Any]) -> tuple[int, int]:
        act()
        with CaptureQueriesContext(connection) as looking:
            beside_look(now=database_now())
        with CaptureQueriesContext(connection) as sending:
            todos_send(now=database_now())
        return len(looking), len(sending)

    few = cost(lambda: file_ticket(live_world, category="F01", routed=True))
    many = cost(lambda: (opened(live_world), file_ticket(live_world, category="F01")))
    assert many[0] <= few[0]
    assert many[1] <= few[1] + 1, "rounds are read where there are some"
