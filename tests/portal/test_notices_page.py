"""The page of notices: grouped by ticket, read one by one, all at once, or by opening what they are about."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from backend.common.clock import database_now
from backend.notifications.models import Notice
from tests.browser import SignIn
from tests.portal.conftest import deliver, filed, take
from tests.world import Member, World


def unread(member: Member) -> int:
    """Return how many notices somebody has not read."""
    return Notice.objects.filter(person=member.person, read_at=None).count()


def forms(client: Client) -> list[dict[str, list[str]]]:
    """Return the fields of each form that reads notices, without the token."""
    page = client.get("/notices").content.decode()
    found = re.findall(r'<form[^>]*action="/notices/read">(.*?)</form>', page, re.DOTALL)
    return [
        {
            name: [unescape(value) for other, value in fields if other == name]
            for name in dict(fields)
            if name != "csrfmiddlewaretoken"
        }
        for form in found
        for fields in [re.findall(r'name="(\w+)" value="([^"]*)"', form)]
    ]


@pytest.fixture
def told(world: World) -> Member:
    """Bob was told of two tickets, of one of them twice."""
    first = filed(world.alice, world).ticket
    filed(world.alice, world, description="A door is locked.")
    deliver()
    take(world.ben, first, "assign", assignee=world.bob)
    deliver()
    assert unread(world.bob) == 3
    return world.bob


def test_opening_the_list_reads_nothing(told: Member, signed_in: SignIn) -> None:
    """F8: opening the list once read all 60."""
    client = signed_in(told)
    for _time in range(2):
        assert client.get("/notices").content.decode().count(">New<") == 3
    client.get("/notices/read")
    assert unread(told) == 3


def test_what_is_about_one_ticket_stands_together_and_is_read_by_itself(told: Member, signed_in: SignIn) -> None:
    client = signed_in(told)
    page = client.get("/notices").content.decode()
    assert page.count("row-notice") == 2
    assert page.count('class="earlier"') == 1
    everything, group, other = forms(client)
    assert list(everything) == ["shown_at", "all"]
    assert (len(group["notice"]), len(other["notice"])) == (2, 1)
    answer = client.post("/notices/read", {"notice": group["notice"], "back": group["back"]})
    assert answer["Location"] == "/notices#row-1"
    assert unread(told) == 1


def test_all_are_read_at_once_but_none_that_came_later(world: World, told: Member, signed_in: SignIn) -> None:
    client = signed_in(told)
    everything = forms(client)[0]
    filed(world.alice, world, description="Another door is locked.")
    deliver()
    client.post("/notices/read", everything)
    assert unread(told) == 1
    assert client.get("/notices").content.decode().count(">New<") == 1


def test_opening_a_ticket_reads_what_was_told_about_it(world: World, told: Member, signed_in: SignIn) -> None:
    ticket_id = Notice.objects.get(person=told.person, kind="assign").ticket_id
    signed_in(world.ben).get(f"/tickets/{ticket_id}")
    assert unread(told) == 3, "another's reading is not mine"
    signed_in(told).get(f"/tickets/{ticket_id}")
    assert unread(told) == 1


def test_nobody_reads_for_somebody_else_and_nonsense_reads_nothing(
    world: World, told: Member, signed_in: SignIn
) -> None:
    ids = [str(row) for row in Notice.objects.filter(person=told.person).values_list("id", flat=True)]
    signed_in(world.mallory).post("/notices/read", {"notice": ids})
    signed_in(told).post("/notices/read", {"notice": ["x", str(uuid4()), "\u6587"], "back": "//evil.example"})
    assert unread(told) == 3
    later = database_now().replace(year=2999).isoformat()
    assert signed_in(told).post("/notices/read", {"all": "1", "shown_at": later}).status_code == 302
    assert unread(told) == 0
