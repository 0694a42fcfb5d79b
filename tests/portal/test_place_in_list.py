"""Whoever acts from the list stays where they were: tab, page and row, also after a refusal."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from tests.browser import SignIn
from tests.portal.conftest import filed, take
from tests.portal.test_ticket_pages import act
from tests.world import World

BACK = r'actions/acknowledge">.*?name="version" value="(\d+)".*?name="back" value="([^"]+)"'


def second_page(client: Client) -> str:
    """Return the address of the second page of what waits for somebody."""
    onward = re.search(r'href="(\?[^"]+)" rel="next"', client.get("/tickets?tab=mine").content.decode())
    assert onward
    return f"/tickets{unescape(onward[1])}"


def test_acknowledging_on_the_second_page_leads_back_to_it(world: World, signed_in: SignIn) -> None:
    """F13: it threw to the top of the first page."""
    for number in range(22):
        filed(world.alice, world, description=f"Desk {number}")
    client = signed_in(world.ben)
    address = second_page(client)
    page = client.get(address).content.decode()
    form = re.search(rf"/tickets/([0-9a-f-]+)/{BACK}", page, re.DOTALL)
    assert form
    ticket_id, version, back = form[1], form[2], unescape(form[3])
    sent = {"token": str(uuid4()), "version": version, "back": back}
    answer = client.post(f"/tickets/{ticket_id}/actions/acknowledge", sent)
    assert answer["Location"] == back == f"{address}#row-1"
    again = client.get(address)
    assert again.status_code == 200
    assert "Saved." in again.content.decode()


def test_a_page_that_is_empty_by_now_leads_to_the_first(world: World, signed_in: SignIn) -> None:
    tickets = [filed(world.alice, world, description=f"Desk {number}").ticket for number in range(21)]
    client = signed_in(world.ben)
    address = second_page(client)
    take(world.bob, tickets[-1], "acknowledge")
    take(world.bob, tickets[0], "acknowledge")
    assert client.get(address)["Location"] == "/tickets?tab=mine"


def test_the_page_of_a_ticket_remembers_the_place_through_steps_and_refusals(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    client, place = signed_in(world.bob), "/tickets?tab=office#row-4"
    crumb = '<p class="crumb"><a href="/tickets?tab=office'
    page = client.get(f"/tickets/{ticket.id}", headers={"referer": "http://testserver/tickets?tab=office"})
    assert crumb in page.content.decode()
    assert 'name="from" value="/tickets?tab=office"' in page.content.decode()
    done = act(client, ticket, "comment", note="On my way.", **{"from": place})
    assert done["Location"] == f"/tickets/{ticket.id}?from=%2Ftickets%3Ftab%3Doffice%23row-4"
    assert crumb in client.get(done["Location"]).content.decode()
    take(world.ben, ticket, "acknowledge")
    late = act(client, ticket, "acknowledge", back=place)
    assert late.status_code == 409
    assert "Somebody else changed this in the meantime." in late.content.decode()
    assert f'{crumb}#row-4">' in late.content.decode()


@pytest.mark.slow("tests/portal/test_place_in_list.py", after=2)
@pytest.mark.parametrize(
    "address", ["https://evil.example/tickets", "//evil.example/tickets", "/account", "http://[", "/tickets/../x"]
)
def test_no_other_address_is_taken_for_a_place(world: World, signed_in: SignIn, address: str) -> None:
    ticket = filed(world.alice, world).ticket
    client = signed_in(world.bob)
    answer = act(client, ticket, "comment", note="Seen.", back=address, **{"from": address})
    assert answer["Location"] == f"/tickets/{ticket.id}"
    page = client.get(f"/tickets/{ticket.id}", headers={"referer": address}).content.decode()
    assert 'name="from"' not in page
