"""One action on many tickets from the list: each succeeds or is refused by itself, and nothing typed is lost."""

import re
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.states import State
from tests.browser import SignIn
from tests.portal.conftest import filed, take
from tests.portal.test_ticket_pages import text_of
from tests.world import World

PLACE = "/tickets?tab=office"


def send(client: Client, tickets: list[Ticket], action: str, **fields: object) -> HttpResponse:
    """Send the form under the list with these tickets ticked in the version they have here."""
    picks = [f"{ticket.id}:{ticket.version}" for ticket in tickets]
    answer = client.post(PLACE, {"token": str(uuid4()), "action": action, "note": "", "pick": picks, **fields})
    assert isinstance(answer, HttpResponse)
    return answer


def test_what_is_ticked_is_done_at_once_and_the_place_is_kept(world: World, signed_in: SignIn) -> None:
    tickets = [filed(world.alice, world, description=f"Door {number}").ticket for number in range(3)]
    client = signed_in(world.ben)
    page = client.get(PLACE).content.decode()
    for ticket in tickets:
        assert f'form="bulk" name="pick" value="{ticket.id}:{ticket.version}"' in page
    assert re.search(r'<option value="acknowledge">Acknowledge</option>', page)
    assert 'value="assign"' not in page, "it asks for more than a note"
    answer = send(client, tickets, "acknowledge")
    assert (answer.status_code, answer["Location"]) == (302, PLACE)
    words = text_of(client.get(PLACE).content)
    assert "3 tickets saved: " in words
    assert all(ticket.reference in words.split("3 tickets saved: ")[1][:60] for ticket in tickets)
    assert set(Ticket.objects.values_list("state", flat=True)) == {State.ACKNOWLEDGED}


def test_each_is_refused_by_itself_and_the_note_is_kept(world: World, signed_in: SignIn) -> None:
    mine, quicker, sealed = (
        filed(world.alice, world).ticket,
        filed(world.alice, world, "N03", "A shelf nearly fell.").ticket,
        filed(world.alice, world, "C02", "Somebody is being bullied.").ticket,
    )
    for ticket in (mine, quicker):
        take(world.bob, ticket, "acknowledge")
    mine.refresh_from_db()
    client = signed_in(world.bob)
    answer = send(client, [mine, quicker, sealed], "progress", note="The smith comes on Monday.")
    page, words = answer.content.decode(), text_of(answer.content)
    assert answer.status_code == 409
    assert re.search(f"{mine.reference} Saved.", words)
    assert re.search(f"{quicker.reference} [^.]*changed", words)
    assert "– We could not find this." in words
    assert sealed.reference not in page
    assert "The smith comes on Monday.</textarea>" in page
    quicker.refresh_from_db()
    assert f'value="{quicker.id}:{quicker.version}" checked' in page
    assert TicketEvent.objects.filter(kind="progress").count() == 1


def test_the_same_form_sent_twice_acts_once(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    client, token = signed_in(world.ben), str(uuid4())
    answers = [send(client, [ticket], "comment", note="On my way.", token=token) for _tap in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert TicketEvent.objects.filter(kind="comment").count() == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"pick": []}, "Please tick at least one ticket and choose what to do."),
        ({"pick": ["x", "1:2:3", f"{uuid4()}:x"]}, "Please tick at least one ticket and choose what to do."),
        ({"action": "assign"}, "Please tick at least one ticket and choose what to do."),
        ({"action": "confirm-lowering"}, "Please tick at least one ticket and choose what to do."),
        ({"note": "字" * 4001}, "longer than 4000 characters"),
    ],
)
def test_what_cannot_be_meant_is_said(world: World, signed_in: SignIn, fields: dict[str, object], message: str) -> None:
    ticket = filed(world.alice, world).ticket
    sent = {"token": str(uuid4()), "action": "comment", "note": "", "pick": f"{ticket.id}:{ticket.version}", **fields}
    answer = signed_in(world.bob).post(PLACE, sent)
    assert answer.status_code == 409
    assert message in text_of(answer.content)
    assert not TicketEvent.objects.filter(kind="comment").exists()


def test_a_date_for_all_of_them_is_asked_and_kept_where_it_is_refused(world: World, signed_in: SignIn) -> None:
    tickets = [filed(world.alice, world, description=f"Door {number}").ticket for number in range(2)]
    for ticket in tickets:
        take(world.bob, ticket, "acknowledge")
        ticket.refresh_from_db()
    client = signed_in(world.bob)
    assert re.search(r'<option value="next-step">', client.get(PLACE).content.decode())
    for until, said in (
        ("", "Please say by when."),
        ("2020-01-01T08:00", "Choose a time in the future."),
        ("never", "Enter a valid date/time."),
    ):
        refused = send(client, tickets, "next-step", note="I ring the smith.", until=until).content.decode()
        assert (said in refused, f'datetime-local" value="{until}"' in refused) == (True, True), until
    assert send(client, tickets, "next-step", note="I ring the smith.", until="2099-01-01T08:00").status_code == 302
    assert TicketEvent.objects.filter(kind="next-step").count() == 2
