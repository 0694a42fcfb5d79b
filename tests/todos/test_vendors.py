"""DingTalk and Feishu as they behave: codes of their own, limits, expired tokens, duplicates, lost answers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from backend.common.clock import database_now
from backend.todos.models import PushedTodo, TodoSystem
from backend.todos.services.reconciling import systems_reconcile
from tests.integrations.programs import administrator
from tests.integrations.test_service_accounts import code
from tests.roles import as_owner
from tests.todos import dingtalk, feishu
from tests.todos.dingtalk import DingTalk
from tests.todos.feishu import Feishu
from tests.todos.peers import Asked, Reply
from tests.todos.steps import a_term, act, body_of, connected, differences, look_and_work, tries, work
from tests.workflow.steps import file_ticket
from tests.world import World

HOUR = timedelta(hours=1)
SECRETS = {"dingtalk": dingtalk.SECRET, "feishu": feishu.SECRET}


@pytest.fixture(params=[DingTalk, Feishu], ids=["dingtalk", "feishu"])
def vendor(request: pytest.FixtureRequest, stage: Any) -> Any:
    """One of them."""
    stage.peer = request.param(stage.server_port)
    return stage.peer


def joined(world: World, vendor: Any) -> None:
    """Have it connected."""
    kind = type(vendor).__name__.lower()
    connected(world, vendor, kind=kind, secret=SECRETS[kind])


@pytest.mark.slow("tests/todos/test_pushing.py")
def test_after_a_term_with_every_trouble_nothing_differs(world: World, vendor: Any) -> None:
    joined(world, vendor)
    a_term(world, vendor)
    assert differences(world, vendor) == {}
    assert vendor.twice() == []
    vendor.expire()
    ticket_id = file_ticket(world, routed=True)
    work(later=3 * HOUR)
    act(world, "ben", ticket_id, "acknowledge")
    vendor.expire()
    work(later=3 * HOUR)
    act(world, "ben", ticket_id, "record-interim-control", note="Closed off.")
    act(world, "ben", ticket_id, "start")
    work(later=3 * HOUR)
    assert differences(world, vendor) == {}
    before = len(vendor.asked)
    look_and_work(later=4 * HOUR)
    assert len(vendor.asked) == before


def test_what_was_lost_there_comes_back_and_what_was_changed_is_put_right(world: World, vendor: Any) -> None:
    joined(world, vendor)
    for _number in range(4):
        file_ticket(world, routed=True)
    work()
    lost, changed = (task for task in list(vendor.tasks.values())[:2])
    del vendor.tasks[lost.id]
    changed.is_done = True
    systems_reconcile(now=database_now())
    work(later=HOUR)
    assert differences(world, vendor) == {}


def test_an_answer_that_was_not_heard_makes_no_second_one(world: World, vendor: Any) -> None:
    joined(world, vendor)
    ticket_id = file_ticket(world, routed=True)
    work()
    vendor.tasks.clear()
    with as_owner():
        PushedTodo.objects.update(digest="", remote_id="", state="none", is_tried=True)
    look_and_work(later=HOUR)
    assert differences(world, vendor) == {}
    with as_owner():
        PushedTodo.objects.update(digest="", remote_id="", state="none", is_tried=True)
    act(world, "ben", ticket_id, "acknowledge")
    look_and_work(later=HOUR)
    assert differences(world, vendor) == {}
    assert vendor.twice() == []


def test_a_wrong_secret_fails_the_try_and_a_set_up_is_checked(world: World, vendor: Any) -> None:
    kind, ada = type(vendor).__name__.lower(), administrator(world).client
    made = ada.post("todo-systems", body_of(vendor, kind=kind, secret="wrong"))
    assert made.status_code == 201, made.data
    ada.post(f"todo-systems/{made.data['id']}/try")
    tries()
    assert ada.get(f"todo-systems/{made.data['id']}").data["try_error"].startswith("It gives no token")
    for setup in ({}, {**vendor.setup(), "address": "https://10.0.0.1"}, {**vendor.setup(), "more": "x"}):
        refused = ada.post("todo-systems", body_of(vendor, kind=kind, name="other", setup=setup))
        assert code(refused)[1] in {"todo_setup_wrong", "address_inside"}


def test_a_vendor_that_answers_nonsense_keeps_no_other_school_from_its_night(
    world: World, stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.peer = DingTalk(stage.server_port)
    joined(world, stage.peer)
    system = TodoSystem.objects.get()
    file_ticket(world, routed=True)
    work()
    monkeypatch.setattr(stage.peer, "answer", nonsense(stage.peer.answer))
    systems_reconcile(now=database_now() + 13 * HOUR)
    system.refresh_from_db()
    assert system.checked_at is not None
    assert system.checking_after is None


def nonsense(answer: Callable[[Asked], Reply]) -> Callable[[Asked], Reply]:
    """Return answers of which every list is one of texts."""
    return lambda asked: (200, {"todoCards": ["?"]}) if asked.path.endswith("query") else answer(asked)
