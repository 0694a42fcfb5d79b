"""Today: what is overdue by office and clock, what will be by tonight, and that every number opens its list."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.deadlines.services import fire_due
from backend.workflow import backlog
from backend.workflow.backlog import backlog_read
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.browser import SignIn
from tests.portal.conftest import filed, take
from tests.portal.test_ticket_pages import text_of
from tests.workflow.steps import file_ticket, ticket_in
from tests.world import World


def numbers(client: Client) -> dict[str, tuple[str, str]]:
    """Return each number by its list's name, with the list's address."""
    page = client.get("/today").content.decode()
    found = re.findall(r'<a class="number[^"]*" href="([^"]+)"><b>([^<]+)</b>', page)
    return {address.split("tab=")[1]: (count, unescape(address)) for address, count in found if "tab=" in address}


def overdue(client: Client) -> list[tuple[str, str, str]]:
    """Return of each row how many are overdue, its words, and the address of its list."""
    rows = client.get("/today").content.decode().split('<li class="row row-overdue">')[1:]
    return [
        (found[2], text_of(row.encode()), unescape(found[1]))
        for row in rows
        for found in [re.search(r'href="([^"]+)"><b>(\d+)</b>', row)]
        if found
    ]


def references(client: Client, address: str) -> set[str]:
    """Return the references in a list."""
    return set(re.findall(r'<span class="reference">([^<]+)', client.get(address).content.decode()))


@pytest.fixture
def day(world: World) -> dict[str, Ticket]:
    """A day at school: late and fresh tickets, one waiting, one solved, one sealed, and an exercise."""
    found = {
        "late": filed(world.alice, world, ago=timedelta(minutes=70)).ticket,
        "late too": filed(world.alice, world, ago=timedelta(minutes=40)).ticket,
        "fresh": filed(world.alice, world).ticket,
        "sealed": filed(world.alice, world, "C02", "Somebody is being bullied.", ago=timedelta(days=9)).ticket,
        "in hand": filed(world.alice, world, "B06", "A lamp is broken.", ago=timedelta(days=30)).ticket,
    }
    file_ticket(world, by="dan", routed=True, exercise=True)
    for action in ("acknowledge", "start"):
        take(world.carol, found["in hand"], action)
    for state in (State.WAITING, State.RESOLVED):
        found[str(state)] = Ticket.objects.get(id=ticket_in(world, state))
    fire_due(now=database_now())
    return found


def test_what_is_overdue_stands_by_office_and_clock_and_opens_its_list(
    world: World, day: dict[str, Ticket], signed_in: SignIn
) -> None:
    cleo = signed_in(world.cleo)
    rows = overdue(cleo)
    late = next(row for row in rows if "Security office · Acknowledge" in row[1])
    assert late[0] == "2"
    for words in ("Overdue by 40 minutes", "Escalated, step 2", "Nobody in person yet"):
        assert words in late[1]
    assert references(cleo, late[2]) == {day["late"].reference, day["late too"].reference}
    solve = next(row for row in rows if "Facilities office · Solve" in row[1])
    assert "Held by Carol" in solve[1]
    assert references(cleo, solve[2]) == {day["in hand"].reference}
    for count, _words, address in rows:
        assert len(references(cleo, address)) == int(count)
    assert day["sealed"].reference not in cleo.get("/tickets?tab=overdue").content.decode()
    assert any("Student protection office" in row[1] for row in overdue(signed_in(world.dan)))


def test_each_number_opens_its_list(world: World, day: dict[str, Ticket], signed_in: SignIn) -> None:
    client = signed_in(world.vera)
    found = numbers(client)
    expected = {
        "urgent": {"late", "late too", "fresh"},
        "unverified": {"resolved"},
        "waiting": {"waiting"},
    }
    for name, tickets in expected.items():
        count, address = found[name]
        assert references(client, address) == {day[ticket].reference for ticket in tickets}, name
        assert count == str(len(tickets))
    count, address = found["tonight"]
    assert str(len(references(client, address))) == count
    assert 'class="number number-red"' in client.get("/today").content.decode()


def test_what_is_due_tomorrow_is_not_overdue_by_tonight(world: World, signed_in: SignIn) -> None:
    soon, later = filed(world.alice, world).ticket, filed(world.alice, world, "N03", "A shelf nearly fell.").ticket
    client = signed_in(world.dan)
    midnight = Ticket.objects.filter(id=later.id)
    midnight.update(next_due_at=database_now() + timedelta(hours=30))
    shown = references(client, "/tickets?tab=tonight")
    assert later.reference not in shown
    assert shown <= {soon.reference}


def test_what_is_old_stands_by_age_urgency_and_why_it_is_stuck(world: World, signed_in: SignIn) -> None:
    ages = (20, 40, 70, 95)
    old = {days: filed(world.alice, world, "B06", f"Lamp {days}", ago=timedelta(days=days)).ticket for days in ages}
    for days in (70, 95):
        take(world.carol, old[days], "acknowledge")
    promised = (database_now() + timedelta(days=3)).isoformat()
    assert world.carol.client.act(old[70].id, "promise", note="In spring.", promised_for=promised).status_code == 200

    def groups(later: int) -> set[tuple[str, str, str, int]]:
        found = backlog_read(actor=world.cleo.actor, now=database_now() + timedelta(days=later))
        assert not found.is_cut
        return {(row.age, row.severity, row.stuck, row.count) for row in found.groups}

    assert groups(0) == {("90", "P4", "work", 1), ("60", "P4", "promise", 1), ("30", "P4", "nobody", 1)}
    assert groups(11) == {("90", "P4", "silent", 1), ("60", "P4", "silent", 1), ("30", "P4", "nobody", 2)}
    client = signed_in(world.cleo)
    page = text_of(client.get("/today").content)
    for words in ("More than ninety days", "A date is promised", "the oldest for 95 days"):
        assert words in page
    assert references(client, "/tickets?tab=backlog") == {old[days].reference for days in (40, 70, 95)}
    told = world.cleo.client.get("tickets/backlog").data
    assert told["is_cut"] is False
    assert {(row["age"], row["severity"], row["stuck"], row["count"]) for row in told["groups"]} == groups(0)
    assert world.mallory.client.get("tickets/backlog").data["groups"] == []
    assert world.bob.client.get("tickets/backlog").status_code == 403


def test_no_more_is_looked_at_than_the_page_says(
    world: World, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A school with ten thousand old tickets opens the page as fast as any other."""
    for days in (40, 41, 42):
        filed(world.alice, world, "B06", f"Lamp {days}", ago=timedelta(days=days))
    client = signed_in(world.cleo)
    assert "There are more" not in text_of(client.get("/today").content)
    monkeypatch.setattr(backlog, "MOST_LOOKED_AT", 2)
    monkeypatch.setattr("backend.portal.views.today.MOST_LOOKED_AT", 2)
    found = backlog_read(actor=world.cleo.actor, now=database_now())
    assert found.is_cut
    assert [(row.count, (database_now() - row.since).days) for row in found.groups] == [(2, 42)]
    assert "There are more. Counted here are the 2 that are due first." in text_of(client.get("/today").content)


def test_what_is_overdue_beyond_what_is_looked_at_is_said(
    world: World, day: dict[str, Ticket], signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(world.cleo)
    assert "There are more" not in text_of(client.get("/today").content)
    monkeypatch.setattr("backend.workflow.overdue.MOST_LOOKED_AT", 2)
    monkeypatch.setattr("backend.portal.views.today.MOST_OVERDUE", 2)
    assert "There are more. Counted here are the 2 that are due first." in text_of(client.get("/today").content)


def test_the_bureau_reads_it_by_school(world: World, day: dict[str, Ticket], signed_in: SignIn) -> None:
    page = signed_in(world.olga).get("/today").content.decode()
    assert '<li class="row-school"><h3>Qinghe School</h3></li>' in page
    assert "Nanshan School" not in page
    assert overdue(signed_in(world.olga))


def test_only_those_who_answer_for_a_whole_school_read_it(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    for member in (world.alice, world.bob, world.erin):
        client = signed_in(member)
        assert client.get("/today").status_code == 403
        assert 'href="/today"' not in client.get("/").content.decode()
    assert 'href="/today"' in signed_in(world.dan).get("/").content.decode()
    assert numbers(signed_in(world.mallory))["urgent"][0] == "0"
    assert ticket.reference not in signed_in(world.erin).get("/tickets?tab=urgent").content.decode()


def test_it_costs_the_same_however_much_is_overdue(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.dan)
    filed(world.alice, world, ago=timedelta(hours=2))
    client.get("/today")
    with CaptureQueriesContext(connection) as few:
        client.get("/today")
    for number in range(12):
        for category in ("F02", "B06", "S02"):
            filed(world.alice, world, category, f"Thing {number}", ago=timedelta(days=20))
    with CaptureQueriesContext(connection) as more:
        client.get("/today")
    assert len(few) == len(more) <= 12


def test_it_is_in_the_navigation_of_whoever_may_read_it(world: World, signed_in: SignIn) -> None:
    for path in ("/", "/tickets", "/reports"):
        assert 'href="/today"' in signed_in(world.cleo).get(path).content.decode().split("<main")[0], path
        assert 'href="/today"' not in signed_in(world.bob).get(path).content.decode(), path


def test_a_refusal_keeps_the_navigation(world: World, signed_in: SignIn) -> None:
    refused = signed_in(world.bob).get("/today")
    assert refused.status_code == 403
    for words in ('class="sections"', 'href="/tickets"', "Qinghe School", "You may not do this"):
        assert words in refused.content.decode()
