"""A portal shows what its people owe, whatever happens to tickets, people and the portal."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from backend.common import posting
from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.todos.due import todos_due
from backend.todos.models import PushedTodo, TodoSystem
from backend.todos.services import reconciling
from backend.todos.services.reconciling import systems_reconcile
from tests.roles import as_owner
from tests.todos.peers import Task
from tests.todos.portal import SECRET, Portal
from tests.todos.steps import TOPIC, a_term, act, connected, differences, look, look_and_work, owed, work
from tests.workflow.steps import STRICT, file_ticket
from tests.world import World

HOUR = timedelta(hours=1)


def test_after_a_term_with_every_trouble_nothing_differs(world: World, portal: Portal) -> None:
    connected(world, portal)
    a_term(world, portal)
    assert owed(world).keys() >= {"ben", "bob", "carol", "cleo", "erin"}
    assert differences(world, portal) == {}
    assert PushedTodo.objects.exclude(next_attempt_at=None).count() == 0
    before = len(portal.asked)
    look_and_work(later=3 * HOUR)
    assert len(portal.asked) == before, "nothing that stands there is sent again"


def test_it_says_what_to_do_by_when_and_of_what_is_confidential_nothing(world: World, portal: Portal) -> None:
    connected(world, portal)
    open_id, sealed_id = file_ticket(world, routed=True), file_ticket(world, routed=True, category=STRICT)
    work()
    by_link = {(task.person, task.link.rpartition("/")[2]): task for task in portal.tasks.values()}
    shown = by_link["bob", str(open_id)]
    assert shown.title == "Confirm that you have seen it: Escape route blocked or locked · Stairwell, second floor"
    assert shown.due.endswith("+08:00")
    neutral = by_link["erin", str(sealed_id)]
    assert (neutral.title, neutral.due) == ("Something waits for you in Allclear", None)
    act(world, "bob", open_id, "acknowledge")
    work()
    assert by_link["ben", str(open_id)].source_id in portal.tasks
    assert portal.tasks[by_link["ben", str(open_id)].source_id].is_done
    act(world, "bob", open_id, "reclassify", note="A child.", category=STRICT)
    work()
    told = [task for task in portal.tasks.values() if task.link.endswith(str(open_id))]
    assert {(task.person, task.title) for task in told} == {("erin", "Something waits for you in Allclear")}


def test_a_system_that_is_away_rests_and_is_woken_once(world: World, portal: Portal) -> None:
    system = connected(world, portal)
    for _number in range(3):
        file_ticket(world, routed=True)
    portal.away, before = 1, len(portal.asked)
    work()
    system.refresh_from_db()
    assert (len(portal.asked) - before, system.last_error) == (1, "HTTP 503")
    assert todos_due() == system.rests_until
    work()
    assert len(portal.asked) - before == 1
    portal.limited = 1
    work(later=timedelta(seconds=6))
    system.refresh_from_db()
    assert system.rests_until is not None
    assert timedelta(seconds=20) < system.rests_until - database_now() - timedelta(seconds=6) <= timedelta(seconds=30)
    work(later=HOUR)
    system.refresh_from_db()
    assert differences(world, portal) == {}
    assert (system.last_error, todos_due()) == ("", None)


def test_a_system_that_was_away_for_days_is_asked_again_within_an_hour(world: World, portal: Portal) -> None:
    system = connected(world, portal)
    file_ticket(world, routed=True)
    TodoSystem.objects.update(failures=12)
    portal.away = 1
    work()
    system.refresh_from_db()
    assert system.rests_until is not None
    assert system.rests_until <= database_now() + HOUR
    work(later=HOUR)
    assert differences(world, portal) == {}


def test_what_it_refuses_is_not_sent_again_until_it_changes(world: World, portal: Portal) -> None:
    connected(world, portal)
    portal.refuses = "Confirm"
    ticket_id = file_ticket(world, routed=True)
    work()
    before = len(portal.asked)
    look_and_work(later=HOUR)
    assert (len(portal.asked), portal.tasks) == (before, {})
    assert {row.last_error for row in PushedTodo.objects.all()} == {"It answered 5001 at /code."}
    act(world, "bob", ticket_id, "acknowledge")
    work(later=HOUR)
    assert differences(world, portal) == {}


def test_whoever_leaves_has_nothing_there_any_more(world: World, portal: Portal) -> None:
    connected(world, portal)
    file_ticket(world, routed=True)
    work()
    assert portal.shown().keys() == {"bob", "ben"}
    with as_owner():
        world.bob.person.appointments.update(ends_at=database_now())
    world.ben.user.is_active = False
    world.ben.user.save()
    look_and_work()
    assert portal.tasks == {}


def test_a_person_who_is_called_otherwise_keeps_one_to_do(world: World, portal: Portal) -> None:
    system = connected(world, portal)
    ticket_id = file_ticket(world, routed=True)
    work()
    world.bob.person.staff_number = "T-1"
    world.bob.person.save()
    look_and_work()
    assert {person for person, links in portal.shown().items() if links} == {"T-1", "ben"}
    assert portal.twice() == []
    ada = world.members["ada"].client
    assert ada.post(f"todo-systems/{system.id}/switch", {"is_on": False}).data["is_on"] is False
    names = {"items": [{"staff_number": "t-1", "known_as": "bob@portal"}]}
    assert ada.post(f"todo-systems/{system.id}/names", names).data == {"count": 1}
    with as_owner():
        TodoSystem.objects.update(known_by="mapping", is_on=True)
    look_and_work()
    assert {task.person for task in portal.tasks.values()} == {"bob@portal"}
    assert portal.shown()["bob@portal"] == {f"http://127.0.0.1:8000/tickets/{ticket_id}"}


def test_at_night_strays_are_closed_and_what_was_lost_comes_back(world: World, portal: Portal) -> None:
    connected(world, portal)
    for _number in range(2):
        file_ticket(world, routed=True)
    work()
    lost = next(task for task in portal.tasks.values() if task.person == "bob")
    del portal.tasks[lost.source_id]
    stray = next(task for task in portal.tasks.values() if task.person == "ben")
    with as_owner():
        PushedTodo.objects.filter(person=world.ben.person, ticket__id=stray.link.rpartition("/")[2]).delete()
    ours, others = str(uuid5(NAMESPACE_URL, "gone")), "leave-of-absence"
    for source_id in (ours, others):
        portal.tasks[source_id] = Task(source_id, source_id, "ben", "x", f"https://localhost/{source_id}")
    systems_reconcile(now=database_now() + 13 * HOUR)
    work(later=14 * HOUR)
    assert portal.tasks.pop(others).title == "x", "what another program put there is left alone"
    assert differences(world, portal) == {}
    assert portal.twice() == []


def test_a_portal_without_a_list_is_told_again_at_night(world: World, portal: Portal) -> None:
    template = portal.setup()
    del template["list"]
    connected(world, portal, setup=template)
    ticket_id = file_ticket(world, routed=True)
    work()
    act(world, "ben", ticket_id, "acknowledge")
    work()
    for task in list(portal.tasks.values()):
        task.is_done = not task.is_done
    systems_reconcile(now=database_now())
    work(later=HOUR)
    assert differences(world, portal) == {}


def test_a_slow_one_is_hung_up_on_and_its_secret_is_told_nobody(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    system = connected(world, portal)
    file_ticket(world, routed=True)
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    portal.drips = 1
    work()
    system.refresh_from_db()
    assert system.last_error != ""
    assert system.rests_until is not None
    monkeypatch.undo()
    assert SECRET not in caplog.text + system.last_error + str(world.members["ada"].client.get("todo-systems").data)


def test_its_secret_is_kept_sealed_and_has_to_be_given_again_under_another_key(
    world: World, portal: Portal, settings: Settings
) -> None:
    system = connected(world, portal)
    file_ticket(world, routed=True)
    assert SECRET not in system.secret
    before = len(portal.asked)
    settings.SECRET_KEY = "another-key-of-this-installation-0123456789abcdef"
    work()
    system.refresh_from_db()
    assert len(portal.asked) == before
    assert system.last_error == "Its secret was sealed under another key of this installation: give it again."


def test_a_slow_one_takes_no_time_of_another_at_night(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock here is how often the slow one was asked for a list: 30 s each time."""
    listing = {**portal.setup()["list"], "address": f"{portal.address}/slow/todo?user={{person}}"}
    slow, quick = connected(world, portal, name="慢", setup=portal.setup(list=listing)), connected(world, portal)
    file_ticket(world, routed=True)
    file_ticket(world, routed=True, category=STRICT)
    work()
    for one, days in ((slow, 2), (quick, 1)):
        TodoSystem.objects.filter(id=one.id).update(checked_at=database_now() - timedelta(days=days))

    def asked(path: str) -> int:
        return sum(one.path == path and one.method == "GET" for one in portal.asked)

    began = asked("/api/todo")
    monkeypatch.setattr(reconciling, "time", SimpleNamespace(monotonic=lambda: 30.0 * asked("/slow/todo")))
    systems_reconcile(now=database_now())
    assert (asked("/slow/todo"), asked("/api/todo") - began > 1) == (1, True)
    quick.refresh_from_db()
    slow.refresh_from_db()
    assert (quick.checking_after, slow.checking_after is None) == (None, False), "it goes on where it stopped"


def test_looking_and_sending_cost_the_same_however_many_there_are(world: World, portal: Portal) -> None:
    connected(world, portal)

    def cost(count: int) -> tuple[int, int]:
        for _number in range(count):
            file_ticket(world, routed=True)
        with CaptureQueriesContext(connection) as looking:
            look()
        with CaptureQueriesContext(connection) as sending:
            work()
        return len(looking), len(sending)

    assert cost(1) == cost(6)


def test_nobody_who_files_wakes_a_worker_for_it(
    world: World, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        file_ticket(world)
    woken = {callback.args[0] for callback in callbacks if isinstance(callback, partial)}
    assert "workflow.route" in woken
    assert "todos.look" not in woken
    assert OutboxMessage.objects.filter(topic=TOPIC, done_at=None).exists(), "the relay finds it"


def test_a_school_without_a_system_costs_one_statement(world: World) -> None:
    for _number in range(3):
        file_ticket(world, routed=True)
    with CaptureQueriesContext(connection) as asked:
        look()
    assert sum("todos_todosystem" in query["sql"] for query in asked) == 1
    assert PushedTodo.objects.count() == 0


def test_what_it_refused_is_asked_for_again_at_night_so_that_nothing_sealed_stays(world: World, portal: Portal) -> None:
    connected(world, portal)
    ticket_id = file_ticket(world, routed=True)
    work()
    portal.keeps = True
    act(world, "bob", ticket_id, "reclassify", note="A child.", category=STRICT)
    work()
    assert differences(world, portal).keys() == {"bob", "ben"}
    portal.keeps = False
    look_and_work(later=HOUR)
    assert differences(world, portal).keys() == {"bob", "ben"}, "by day it is left alone"
    systems_reconcile(now=database_now() + 13 * HOUR)
    work(later=14 * HOUR)
    assert differences(world, portal) == {}


def test_whoever_was_not_known_there_gets_their_to_dos_the_night_after(world: World, portal: Portal) -> None:
    connected(world, portal)
    portal.refuses = "Confirm"
    file_ticket(world, routed=True)
    work()
    assert portal.tasks == {}
    portal.refuses = ""
    systems_reconcile(now=database_now() + 13 * HOUR)
    work(later=14 * HOUR)
    assert differences(world, portal) == {}


def test_what_is_gone_takes_its_words_along_where_a_portal_is_told_by_the_same_request(
    world: World, portal: Portal
) -> None:
    template = portal.setup()
    del template["gone"], template["list"]
    connected(world, portal, setup=template)
    file_ticket(world, routed=True)
    work()
    with as_owner():
        world.bob.person.appointments.update(ends_at=database_now())
    look_and_work()
    (told,) = [asked.document for asked in portal.asked if asked.document and asked.document["readed"] == "2"][-1:]
    assert told["ptoUserId"] == "bob"
    assert "·" not in told["ptitle"], "neither the category nor the place"
