"""Every other door to powers over people: staff lists by page and command, invitations, own addresses, the page."""

import re
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client as Browser

from backend.accounts.services import reset_token
from backend.common.models import OutboxMessage
from backend.organisation.models import Appointment, ContactChannel, PendingPower, Person, Power
from backend.organisation.roles import Role
from backend.organisation.services.appointing import appointment_put
from backend.organisation.services.invitations import invitation_token
from tests.browser import SignIn
from tests.organisation.powers import asked, confirm, in_use, told, waiting
from tests.world import Member, World, rulebook_content


@pytest.fixture
def ada(world: World) -> Member:
    """Return the administrator of the school, which has a ticket."""
    return in_use(world)


def row_of(number: str, name: str, email: str, role: str) -> str:
    return f"{number},{name},{email},safety-office,{role},\n"


def listed(world: World, *rows: str) -> bytes:
    """Return a staff list as a file."""
    return ("staff_number,name,email,unit,role,language\n" + "".join(rows)).encode()


@pytest.mark.parametrize("door", ["page", "command"])
def test_a_staff_list_makes_nobody_protection_lead(
    world: World, ada: Member, signed_in: SignIn, tmp_path: Path, door: str
) -> None:
    """An administrator became protection lead by a staff list with that role (A11)."""
    content = listed(
        world,
        row_of("ada", "Ada", "ada@school.example", "protection_lead"),
        row_of("erin", "Erin", "evil@outside.example", "reporter"),
        row_of("bob", "Bob", "bob@other.example", "coordinator"),
        row_of("new", "Newt", "newt@school.example", "handler"),
    )
    said = taken(signed_in(ada), content) if door == "page" else commanded(content, tmp_path)
    assert "2 changes wait until a second person has confirmed them." in said
    assert Person.objects.get(staff_number="new").appointments.count() == 2
    assert world.bob.actor.holds(Role.COORDINATOR)
    assert not ada.actor.holds(Role.PROTECTION_LEAD)
    assert not ContactChannel.objects.filter(address="evil@outside.example").exists()
    heard = told(world)
    assert sorted(heard["dan"]) == ["address asked", "address done", "post asked", "post done"]
    assert sorted(heard["bob"]) == ["address done", "post done"]
    assert {row.kind for row in PendingPower.objects.filter(outcome="waiting")} == {"post", "address"}
    again = taken(signed_in(ada), content) if door == "page" else commanded(content, tmp_path)
    assert "until a second person" not in again
    for pending in PendingPower.objects.filter(outcome="waiting"):
        assert (pending.asked_by == ada.person) == (door == "page")
        assert confirm(world.dan, pending) == (200, None)
    assert ada.actor.holds(Role.PROTECTION_LEAD)
    assert ContactChannel.objects.get(address="evil@outside.example").verified_at is None


def taken(client: Browser, content: bytes) -> str:
    """Take a list into use on the page; return what the page says."""
    page = client.post("/staff/import", {"file": SimpleUploadedFile("staff.csv", content, "text/csv")})
    found = re.search(r'name="list" value="([^"]+)"', unescape(page.content.decode()))
    assert found, page.content.decode()
    return client.post("/staff/import", {"list": found[1]}, follow=True).content.decode()


def commanded(content: bytes, folder: Path) -> str:
    """Take a list into use by the command; return what it says."""
    (folder / "staff.csv").write_bytes(content)
    out = StringIO()
    call_command("staff_import", str(folder / "staff.csv"), "--school", "home", stdout=out)
    return out.getvalue()


def test_a_staff_list_of_a_school_being_set_up_waits_for_nobody(world: World, tmp_path: Path) -> None:
    said = commanded(listed(world, row_of("new", "Newt", "newt@school.example", "protection_lead")), tmp_path)
    assert "second person" not in said
    assert Appointment.objects.filter(person__staff_number="new", post__role=Role.PROTECTION_LEAD).exists()


def test_an_invitation_from_before_opens_no_account_with_power(world: World, ada: Member) -> None:
    lead = Person.objects.create(school=world.school, name="Lea", staff_number="lea", language="en")
    channel = ContactChannel.objects.create(person=lead, address="evil@outside.example")
    early = invitation_token(channel=channel, asked_at=world.now, is_confirmed=False)
    assert Browser().get("/invitation", {"token": early}).status_code == 200
    assert confirm(world.dan, asked(world, ada, lead)) == (200, None)
    assert Browser().get("/invitation", {"token": early}).status_code == 410
    body = {"token": early, "username": "lea", "password": "three-words-together", "again": "three-words-together"}
    assert Browser().post("/invitation", body).status_code == 410
    late = invitation_token(channel=channel, asked_at=world.now, is_confirmed=True)
    assert Browser().post("/invitation", {**body, "token": late}).status_code == 302
    assert "account_linked done" in told(world)["dan"]


def test_ones_own_addresses_are_watched_where_one_has_power(world: World, ada: Member) -> None:
    first = ContactChannel.objects.get(person=world.erin.person)
    second = ContactChannel.objects.create(person=world.erin.person, address="e@other.example", verified_at=world.now)
    assert world.erin.client.http.delete(f"/api/v1/me/channels/{first.id}").status_code == 204
    assert told(world) == {name: ["address_removed done"] for name in ("erin", "dan")}
    gone = OutboxMessage.objects.get(topic="people.address_changed")
    assert gone.payload["address"] == "erin@school.example"
    third = ContactChannel.objects.create(person=world.alice.person, address="a@other.example", verified_at=world.now)
    assert world.alice.client.http.delete(f"/api/v1/me/channels/{third.id}").status_code == 204
    assert "alice" not in told(world)
    assert second.person == world.erin.person


def test_the_page_for_a_second_person(world: World, ada: Member, signed_in: SignIn) -> None:
    pending = asked(world, ada, world.bob.person)
    client = signed_in(world.dan)
    page = client.get("/power-changes").content.decode()
    assert "Bob is to hold a post: Student protection lead. Entered by Ada." in page
    assert f'action="/power-changes/{pending.id}/confirm"' in page
    assert 'href="/power-changes"' in client.get("/account").content.decode()
    assert signed_in(world.alice).get("/power-changes").status_code == 403
    assert signed_in(world.mallory).post(f"/power-changes/{pending.id}/confirm").status_code == 404
    assert client.post(f"/power-changes/{pending.id}/confirm").status_code == 302
    assert world.bob.actor.holds(Role.PROTECTION_LEAD)
    assert client.post(f"/power-changes/{pending.id}/refuse").status_code == 409
    own = asked(world, ada, world.dan.person)
    page = client.get("/power-changes").content.decode()
    assert f'action="/power-changes/{own.id}/confirm"' not in page
    assert client.post(f"/power-changes/{own.id}/confirm").status_code == 403
    assert client.post(f"/power-changes/{own.id}/refuse").status_code == 302


def test_invitations_to_those_with_power_need_a_second_person(world: World, ada: Member) -> None:
    lead = Person.objects.create(school=world.school, name="Lea", staff_number="lea")
    channel = ContactChannel.objects.create(person=lead, address="lea@school.example")
    invited = ada.client.post(f"people/{lead.id}/invite")
    assert (invited.status_code, invited.data) == (202, {"mails": 1, "waiting": 0})
    (early,) = OutboxMessage.objects.filter(topic="person.invited")
    assert confirm(world.dan, asked(world, ada, lead)) == (200, None)
    again = ada.client.post(f"people/{lead.id}/invite")
    assert again.data == {"mails": 0, "waiting": 1}
    pending = waiting()
    assert (pending.kind, pending.change) == (Power.INVITATION, {"channel": channel.id})
    OutboxMessage.objects.filter(id=early.id).update(dedup_key="earlier")
    assert confirm(world.dan, pending) == (200, None)
    assert OutboxMessage.objects.filter(topic="person.invited", payload__confirmed=True).count() == 1
    assert early.payload["confirmed"] is False


def test_a_new_password_of_somebody_with_power_is_told(world: World, ada: Member, signed_in: SignIn) -> None:
    new = {"present": world.erin.password, "password": "three-words-together", "again": "three-words-together"}
    assert signed_in(world.erin).post("/account/password", new).status_code == 302
    assert told(world) == {name: ["password_changed done"] for name in ("erin", "dan")}
    assert signed_in(world.alice).post("/account/password", new).status_code == 302
    token = reset_token(user=world.dan.user, asked_at=world.now)
    assert Browser().post("/password/new", {**new, "token": token}).status_code == 302
    assert told(world)["erin"] == ["password_changed done"] * 2
    assert "alice" not in told(world)


def test_a_post_that_moves_is_told_to_both(world: World, ada: Member) -> None:
    held = Appointment.objects.get(person=world.erin.person)
    held.person = world.bob.person
    assert appointment_put(by=ada.actor, appointment=held, now=world.now)
    assert world.erin.actor.holds(Role.PROTECTION_LEAD)
    assert confirm(world.dan, waiting()) == (200, None)
    assert world.bob.actor.holds(Role.PROTECTION_LEAD)
    assert not world.erin.actor.posts
    assert "post_ended done" in told(world)["erin"]


def test_a_rulebook_loaded_by_a_command_is_told(world: World, ada: Member, tmp_path: Path) -> None:
    content = {**rulebook_content(), "name": "another"}
    path = tmp_path / "rulebook.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    call_command("rulebook_load", str(path), "--school", "home", "--force", stdout=StringIO())
    assert told(world) == {name: ["rulebook done"] for name in ("erin", "dan")}
