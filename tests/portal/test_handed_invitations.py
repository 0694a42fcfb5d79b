"""Links handed over to people without an address of their own: they open one account, once, and no power unseen."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from backend.accounts.models import User
from backend.organisation.models import ContactChannel, Person
from backend.organisation.roles import Role
from backend.organisation.services.handed_invitations import invitation_hand_out
from tests.browser import SignIn
from tests.organisation.powers import in_use, told
from tests.world import Member, World, appoint, member_add

NEW = "three-words-together"


@pytest.fixture
def ada(world: World) -> Member:
    """Return the administrator of the school, which is in use."""
    return in_use(world)


@pytest.fixture
def cook(world: World) -> Person:
    """Return somebody with a post, without an address and an account."""
    person = Person.objects.create(school=world.school, name="Cook", staff_number="2021", language="en")
    appoint(person, Role.REPORTER, world.home.units["facilities"], world.now - timedelta(days=1))
    return person


def handed(client: Client, person: Person) -> str:
    """Make a link on the page; return its path."""
    page = unescape(client.post(f"/staff/{person.id}/link").content.decode())
    (path,) = re.findall(r"<code>[^<]*(/invitation\?token=[^<]+)</code>", page)
    return str(path)


def opened(path: str, name: str = "cook") -> int:
    """Open an account by a link; return the status."""
    token = path.split("token=")[1]
    sent = {"token": token.replace("%3A", ":"), "username": name, "password": NEW, "again": NEW}
    return Client().post("/invitation", sent).status_code


def test_a_link_opens_nothing_for_somebody_who_has_left(
    world: World, ada: Member, cook: Person, signed_in: SignIn
) -> None:
    client = signed_in(ada)
    path = handed(client, cook)
    assert client.post(f"/people/{cook.id}/leave").status_code == 302
    assert opened(path) == 410
    assert not User.objects.filter(username="cook").exists()


def test_a_link_opens_one_account_once(world: World, ada: Member, cook: Person, signed_in: SignIn) -> None:
    client = signed_in(ada)
    assert "Without an address of their own" in client.get("/staff/import").content.decode()
    path = handed(client, cook)
    assert "You will be told at" not in Client().get(path).content.decode()
    assert opened(path) == 302
    assert opened(path, "other") == 410
    user = User.objects.get(username="cook")
    assert (user.person, ContactChannel.objects.filter(person=cook).count()) == (cook, 0)
    assert "2021" not in client.get("/staff/import").content.decode()
    assert client.get(f"/staff/{cook.id}/link").status_code == 302


def test_an_address_ends_the_link(world: World, ada: Member, cook: Person, signed_in: SignIn) -> None:
    path = handed(signed_in(ada), cook)
    ContactChannel.objects.create(person=cook, address="cook@school.example")
    assert opened(path) == 410
    assert signed_in(ada).post(f"/staff/{cook.id}/link").status_code == 404


def test_nobody_gets_a_link_to_sealed_tickets(world: World, ada: Member, cook: Person, signed_in: SignIn) -> None:
    path = handed(signed_in(ada), cook)
    appoint(cook, Role.PROTECTION_LEAD, None, world.now - timedelta(days=1))
    assert opened(path) == 410
    answer = signed_in(ada).post(f"/staff/{cook.id}/link")
    assert (answer.status_code, "invite them by mail" in answer.content.decode()) == (409, True)


def test_those_concerned_hear_of_a_link_for_somebody_with_power(world: World, ada: Member, cook: Person) -> None:
    appoint(cook, Role.COORDINATOR, None, world.now - timedelta(days=1))
    assert invitation_hand_out(actor=ada.actor, person_id=cook.id, now=world.now).person == cook
    assert told(world)["dan"] == ["invitation done"]


@pytest.mark.parametrize("name", ["alice", "cleo", "dan", "olga", "mallory"])
def test_only_the_administrator_of_the_school_makes_links(
    world: World, cook: Person, signed_in: SignIn, name: str
) -> None:
    assert signed_in(world.members[name]).post(f"/staff/{cook.id}/link").status_code == 403
    boss = member_add(world, "boss", [(Role.ADMINISTRATOR, None, False)], site=world.elsewhere)
    assert signed_in(boss).post(f"/staff/{cook.id}/link").status_code == 404
