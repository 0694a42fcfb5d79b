"""The question an open list asks by itself: would it show something else now? Asked cheaply, and not beyond sight."""

import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page, expect

from backend.accounts.opening import USED_AT
from tests.browser import OpenPage, SignIn
from tests.portal.conftest import filed, take
from tests.portal.test_in_a_browser import PHONE, assert_sound
from tests.world import World

WHO_READS = 5
"""Session, account, posts, school and the time: what every page asks."""


def news(client: Client, tag: str = "", **query: str) -> Any:
    """Return the answer for a list; `tag`: of the answer before."""
    return client.get("/tickets/news", query, headers={"if-none-match": tag} if tag else {})


def test_a_list_that_shows_the_same_is_told_so_by_two_statements(world: World, signed_in: SignIn) -> None:
    tickets = [
        filed(world.alice, world, description=f"Door {number}", ago=timedelta(minutes=9)).ticket for number in "12"
    ]
    bob = signed_in(world.bob)
    first = news(bob)
    assert first.json() == {"tickets": {str(ticket.id): 2 for ticket in tickets}}
    with CaptureQueriesContext(connection) as asked:
        same = news(bob, first.headers["ETag"])
    assert (same.status_code, same.content) == (304, b"")
    assert len(asked) == WHO_READS + 2
    assert "no-store" in same.headers["Cache-Control"]
    take(world.ben, tickets[0], "acknowledge")
    changed = news(bob, first.headers["ETag"], tab="office")
    assert changed.json()["tickets"] == {str(tickets[0].id): 3, str(tickets[1].id): 2}
    assert news(bob, first.headers["ETag"]).json()["tickets"] == {str(tickets[1].id): 2}


def test_nothing_is_told_of_what_one_may_not_see(world: World, signed_in: SignIn) -> None:
    filed(world.alice, world)
    people = {name: signed_in(world.members[name]) for name in ("bob", "carol", "cleo", "mallory")}
    tags = {name: news(client, tab="all").headers["ETag"] for name, client in people.items()}
    sealed = filed(world.alice, world, "C02", "Somebody is being bullied.").ticket
    about_bob = filed(world.alice, world, concerned=world.bob).ticket
    assert {name: news(client, tags[name], tab="all").status_code for name, client in people.items()} == {
        "bob": 304,
        "carol": 304,
        "cleo": 200,
        "mallory": 304,
    }
    seen = news(people["cleo"], tab="all").json()["tickets"]
    assert str(about_bob.id) in seen
    assert str(sealed.id) not in seen


def test_it_asks_without_keeping_a_session_in_use_and_ends_with_it(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.bob)
    session = client.session
    session[USED_AT] = long_ago = time.time() - 3600
    session.save()
    assert news(client).status_code == 200
    assert client.session[USED_AT] == long_ago
    client.get("/tickets")
    assert client.session[USED_AT] > long_ago
    client.logout()
    assert news(client).headers["Location"].startswith("/sign-in?next=")


def asking_passes(page: Page) -> None:
    """Let the page ask, and wait for its answer, from which the next time is counted."""
    with page.expect_response("**/tickets/news*"):
        page.clock.run_for(20_000)


@pytest.mark.slow("tests/portal/test_ticket_news.py")
def test_a_list_says_that_it_changed_and_moves_nothing(committed_world: World, open_page: OpenPage) -> None:
    world = committed_world
    filed(world.alice, world, description="Door 1", ago=timedelta(minutes=9))
    page = open_page("/", world.bob, width=PHONE)
    page.clock.install()
    page.goto("/tickets")
    row = page.locator("#row-1").bounding_box()
    asking_passes(page)
    filed(world.alice, world, description="Door 2", ago=timedelta(minutes=20))
    asking_passes(page)
    bar = page.get_by_role("link", name="1 new: show")
    expect(bar).to_be_visible()
    assert page.locator("#row-1").bounding_box() == row
    assert_sound(page)
    bar.click()
    expect(page.locator("#row-1")).to_contain_text("Door 2")
    expect(page.get_by_role("link", name="1 new: show")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.clear_cookies()
    page.clock.run_for(30_000)
    page.wait_for_timeout(300)
    page.clock.run_for(600_000)
    page.wait_for_timeout(300)
    assert [urlsplit(address).path for address in asked].count("/tickets/news") == 1, "signed out, it asks no more"
