"""The filters of the list of tickets on its page: those of the API, as chips that can be taken away."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from tests.browser import SignIn
from tests.portal.conftest import filed
from tests.portal.test_ticket_pages import text_of
from tests.world import World

CHIP = r'<a class="chip" href="([^"]+)"><span class="unseen">[^<]+</span><span>([^<]+)</span>'


def listed(page: str) -> set[str]:
    """Return the references of a page's rows."""
    return set(re.findall(r'<span class="reference">([^<]+)', page))


def chips(page: str) -> dict[str, str]:
    """Return the filters in force, each with the address that takes it away."""
    return {unescape(words): unescape(address) for address, words in re.findall(CHIP, page)}


def asked(client: Client, **filters: object) -> str:
    """Return the list of all tickets as a form that was sent filters it."""
    answer = client.get("/tickets?" + urlencode({"tab": "all", **filters}, doseq=True))
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_filter_keeps_what_the_api_keeps_and_shows_as_a_chip(world: World, signed_in: SignIn) -> None:
    urgent = filed(world.alice, world, "F02", "It burns.", ago=timedelta(days=1)).ticket
    small = filed(world.alice, world, "N03", "A shelf nearly fell.").ticket
    elsewhere = filed(world.alice, world, "B06", "A lamp is broken.").ticket
    cleo = signed_in(world.cleo)
    offices, place = world.home.units, world.home.places["stairwell"]
    everything = {urgent.reference, small.reference, elsewhere.reference}
    day = database_now().astimezone(ZoneInfo(world.school.time_zone)).date()
    for filters, chip in (
        ({"office": str(offices["facilities"].id)}, "Office: "),
        ({"category": "N03"}, "Category: "),
        ({"place": str(place.id)}, f"Place: {place.name_en}"),
        ({"severity": [urgent.severity]}, "How serious: "),
        ({"state": ["routed", "received"]}, "Where it stands: "),
    ):
        page = asked(cleo, **filters)
        api = {row["reference"] for row in world.cleo.client.get("tickets", **filters).data["items"]}
        assert listed(page) == api, filters
        assert all(words.startswith(chip) for words in chips(page)), (filters, chips(page))
        assert f"{len(api)} found" in text_of(page.encode())
    soon = asked(cleo, due_until=day.isoformat())
    assert urgent.reference in listed(soon)
    assert listed(soon) < everything
    both = chips(asked(cleo, category="N03", severity=[small.severity]))
    category = next(address for words, address in both.items() if words.startswith("Category"))
    assert listed(cleo.get(category).content.decode()) >= {small.reference}
    assert len(chips(cleo.get(category).content.decode())) == 1
    words = cleo.get("/tickets?q=lamp&category=N03").content.decode()
    assert listed(words) == set()
    assert "No ticket here fits these filters" in words
    tags = [cleo.get("/tickets/news?tab=all" + more).headers["ETag"] for more in ("", "&category=N03")]
    assert tags[0] != tags[1], "an open list asks for the news of what it shows"


def test_the_form_is_read_only_once_it_is_opened(world: World, signed_in: SignIn) -> None:
    filed(world.alice, world)
    client = signed_in(world.bob)
    client.get("/tickets")
    with CaptureQueriesContext(connection) as folded:
        page = client.get("/tickets?tab=office").content.decode()
    with CaptureQueriesContext(connection) as opened:
        form = client.get("/tickets?tab=office&severity=P2&filter=open").content.decode()
    assert 'name="due_until"' not in page
    assert 'href="/tickets?tab=office&amp;filter=open#filter"' in page
    assert len(folded) <= 10
    assert len(opened) == len(folded) + 4, "offices, rules, places and saved views"
    assert all(f'name="{name}"' in form for name in ("office", "category", "place", "due_until", "severity", "state"))
    assert 'value="P2" checked' in form


def test_a_list_is_ordered_by_what_is_due_or_by_what_is_new(world: World, signed_in: SignIn) -> None:
    lamp = filed(world.alice, world, "B06", "A lamp is broken.", ago=timedelta(hours=2)).ticket
    exit_door = filed(world.alice, world, ago=timedelta(hours=1)).ticket
    glass = filed(world.alice, world, "B06", "Glass on the floor.").ticket
    client = signed_in(world.cleo)

    def order(address: str) -> list[str]:
        page = client.get(f"/tickets?tab=all&{address}").content.decode()
        return re.findall(r'<span class="reference">([^<]+)', page)

    newest = [row.reference for row in (glass, exit_door, lamp)]
    assert order("order=newest") == newest
    assert order("order=newest&category=B06") == [glass.reference, lamp.reference]
    assert order("")[0] == exit_door.reference
    assert order("order=nonsense") == order("")
    page = client.get("/tickets?tab=all&order=newest&filter=open").content.decode()
    assert '<option value="newest" selected>' in page
    assert "Change to: due first" in page
    tags = [client.get(f"/tickets/news?tab=all&order={name}").headers["ETag"] for name in ("", "newest")]
    assert tags[0] != tags[1], "an open list asks for the news of what it shows"


@pytest.mark.parametrize("name", ["office", "place", "due_until", "severity"])
def test_what_is_not_there_any_more_is_left_out_and_said(world: World, signed_in: SignIn, name: str) -> None:
    ticket = filed(world.alice, world).ticket
    gone = {"office": str(uuid4()), "place": str(uuid4()), "due_until": "9999-12-31", "severity": "P9"}[name]
    page = asked(signed_in(world.cleo), **{name: gone})
    assert listed(page) == {ticket.reference}
    assert "What was chosen here is not there any more" in page
    assert not chips(page)
    theirs = {"office": world.home.units["facilities"].id, "place": world.home.places["stairwell"].id}
    if name in theirs:
        assert "What was chosen here is not there any more" in asked(signed_in(world.mallory), **{name: theirs[name]})
