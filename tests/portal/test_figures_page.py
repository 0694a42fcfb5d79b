"""The page of figures: who reads it, that its numbers open their tickets, and what it costs."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.browser import SignIn
from tests.insights.conftest import counted, filed
from tests.portal.conftest import take
from tests.portal.test_ticket_pages import text_of
from tests.portal.test_today_page import references
from tests.world import World

KEY = re.compile(r'<(?:a class="number" href="([^"]+)"|div class="number")><b>([^<]+)</b><span>([^<]+)</span>')


def key_numbers(client: Client, query: str = "") -> dict[str, tuple[str, str]]:
    """Return each key number by its words, with the address of its list."""
    page = client.get(f"/figures{query}").content.decode()
    return {words: (number, unescape(address)) for address, number, words in KEY.findall(page)}


def section(client: Client, name: str, query: str = "") -> str:
    """Return one part of the page as text."""
    page = client.get(f"/figures{query}").content.decode()
    return text_of(page.split(f'aria-labelledby="{name}"')[1].split("</section>")[0].encode())


@pytest.fixture
def term(world: World) -> World:
    """Reports of some weeks, two of them acknowledged, some confidential."""
    first = filed(world, "F02", ago=timedelta(days=9))
    take(world.bob, first, "acknowledge")
    for _number in range(2):
        filed(world, "F02")
    filed(world, "N03")
    filed(world, "B06", ago=timedelta(days=40))
    filed(world, "S02")
    counted()
    return world


def test_each_number_opens_its_tickets(term: World, signed_in: SignIn) -> None:
    client = signed_in(term.dan)
    numbers = key_numbers(client)
    assert numbers["Reports filed"][0] == "5"
    assert numbers["Repeats at one place"][0] == "2"
    assert numbers["Half acknowledged within"][0] == "9 d 0 h"
    for number, address in numbers.values():
        if address:
            assert len(references(client, address)) == int(number), address
    page = client.get("/figures?weeks=26").content.decode()
    hours = page.split('aria-labelledby="hours"')[1].split("</section>")[0]
    of_hours = re.findall(r'<td><a href="([^"]+)">(\d+)</a>', hours)
    assert sum(int(number) for _address, number in of_hours) == 5, "each hour opens its tickets"
    repeated = re.findall(r'<a href="([^"]+place=[^"]+)">(\d+)</a>', page)
    assert [number for _address, number in repeated] == ["3"]
    for address, number in (*of_hours, *repeated):
        assert len(references(client, unescape(address))) == int(number), address
    page = client.get("/figures").content.decode()
    linked = re.findall(r'<td><a href="([^"]+)">(\d+)</a>', page)
    assert len(linked) > 10
    for address, number in linked[::3]:
        assert len(references(client, unescape(address))) == int(number), address


def test_it_reads_in_both_languages_and_by_choice(term: World, signed_in: SignIn) -> None:
    english, chinese = signed_in(term.vera), signed_in(term.vera, "zh-hans")
    assert "Security office 4" in section(english, "parts")
    assert "People, gate and traffic not shown" in section(english, "confidential")
    assert "人员、校门和交通 不显示" in section(chinese, "confidential")
    office = term.home.units["facilities"].id
    assert key_numbers(english, f"?part={office}")["Reports filed"][0] == "1"
    assert key_numbers(english, "?group=injury&weeks=4")["Reports filed"][0] == "1"
    assert key_numbers(english, "?weeks=4")["Reports filed"][0] == "4"
    assert "Stairwell, second floor Escape route blocked or locked 3" in section(english, "repeated")


def test_a_head_reads_their_own_office_and_others_nothing(term: World, signed_in: SignIn) -> None:
    carol = signed_in(term.carol)
    numbers = key_numbers(carol)
    assert numbers["Reports filed"][0] == "1"
    assert len(references(carol, numbers["Reports filed"][1])) == 1
    security = term.home.units["security"].id
    assert carol.get(f"/figures?part={security}").status_code == 404
    assert carol.get(f"/figures/tickets?what=filed&part={security}").status_code == 404
    assert 'href="/figures"' in carol.get("/tickets").content.decode()
    for member in (term.alice, term.erin):
        assert signed_in(member).get("/figures").status_code == 403
        assert signed_in(member).get("/figures/tickets?what=filed").status_code == 403
    mallory = signed_in(term.mallory)
    assert key_numbers(mallory)["Reports filed"] == ("0", "")
    assert mallory.get(f"/figures?part={security}").status_code == 404
    assert mallory.get("/figures/tickets?what=filed").status_code == 200


def test_the_bureau_reads_by_school_and_opens_only_what_reached_it(term: World, signed_in: SignIn) -> None:
    olga = signed_in(term.olga)
    number, address = key_numbers(olga)["Reports filed"]
    assert number == "5"
    assert references(olga, address) == set()
    assert "Qinghe School 5" in section(olga, "parts")
    assert "Nanshan School" in section(olga, "confidential")
    assert key_numbers(olga, f"?part={term.elsewhere.school.id}")["Reports filed"][0] == "0"


def test_what_is_empty_says_so_in_words(world: World, signed_in: SignIn) -> None:
    """The page was a column of white charts, and then of the same sentence."""
    client = signed_in(world.dan)
    page = client.get("/figures").content.decode()
    assert "Nothing was reported in this period yet." in page
    assert "Nothing to count in this period yet." not in page
    for _number in range(2):
        filed(world)
    counted()
    page = client.get("/figures").content.decode()
    assert "Nothing was reported" not in page
    assert page.count("Nothing to count in this period yet.") == 2, "nothing is acknowledged or solved"
    late = page.split('aria-labelledby="late"')[1].split("</section>")[0]
    assert "<svg" not in late
    assert "what=repeats" in late, "no deadline is missed, but one report repeats the other"


@pytest.mark.slow("tests/portal/test_figures_page.py", after=3)
@pytest.mark.parametrize(
    "query",
    [
        *("what=", "what=filed&week=soon", "what=open&age=9", "what=filed&part=x", "what=filed&hour=3"),
        *("what=filed&hour=24&weekday=1", "what=filed&hour=1&weekday=8", "what=filed&place=x&category=F02"),
    ],
)
def test_an_address_that_says_nothing_is_not_there(world: World, signed_in: SignIn, query: str) -> None:
    assert signed_in(world.dan).get(f"/figures/tickets?{query}").status_code == 404


@pytest.mark.parametrize("week", ["0001-01-01", "9999-12-31"])
def test_a_week_at_the_end_of_the_calendar_has_no_tickets(world: World, signed_in: SignIn, week: str) -> None:
    """The Sunday after the last day there is cannot be computed, and the page broke."""
    filed(world)
    counted()
    assert references(signed_in(world.dan), f"/figures/tickets?what=filed&week={week}") == set()


def test_what_went_up_in_time_is_drawn_above_the_line(world: World, signed_in: SignIn) -> None:
    ticket = filed(world, "F02")
    for action in ("acknowledge", "record-interim-control", "start"):
        take(world.bob, ticket, action, "The door is propped open.")
    raised = world.bob.client.act(ticket.id, "cannot-solve", note="It takes a firm.", needed="Money for a new door.")
    assert raised.data["level"] == 1
    counted()
    page = signed_in(world.dan).get("/figures").content.decode()
    assert 'class="bar-red"' in page
    assert 'height="-' not in page


def test_it_costs_the_same_whatever_there_is(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.dan)
    filed(world)
    counted()
    client.get("/figures")
    with CaptureQueriesContext(connection) as few:
        client.get("/figures")
    for number in range(10):
        for category in ("F02", "B06", "S02"):
            filed(world, category, ago=timedelta(days=5 * number))
    counted()
    with CaptureQueriesContext(connection) as more:
        client.get("/figures?weeks=52")
    assert len(few) == len(more) <= 12
