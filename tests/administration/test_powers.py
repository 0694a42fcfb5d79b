"""Powers over people never move unseen on the administration pages, and not by one person alone (A10 to A12)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client, override_settings

from backend.accounts.models import User
from backend.duty.models import Absence, DutyShift
from backend.organisation.models import Appointment, ContactChannel, PendingPower, Post
from backend.organisation.roles import Role
from backend.organisation.services.going_live import school_go_live
from backend.rulebook.models import SchoolRulebook
from backend.rulebook.services import rulebook_load
from tests.administration.conftest import address, form_of, staffed
from tests.browser import SignIn
from tests.organisation.powers import told, waiting, work
from tests.workflow.steps import file_ticket
from tests.world import PASSWORD, Member, World

START = {"starts_at_0": "2026-01-01", "starts_at_1": "08:00"}


@pytest.fixture
def school(world: World) -> World:
    """The cast with administrators, at a school that has a ticket."""
    file_ticket(world, routed=True)
    return staffed(world)


@pytest.fixture(autouse=True)
def mails() -> Iterator[None]:
    """Keep the mails in memory."""
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        yield


def row_added(client: Client, path: str, prefix: str, **values: str) -> str:
    """Add a row under another on its page, as the form would; return what the page says afterwards."""
    sent = form_of(client, path)
    number = int(sent[f"{prefix}-INITIAL_FORMS"])
    sent[f"{prefix}-TOTAL_FORMS"] = str(number + 1)
    sent |= {f"{prefix}-{number}-{name}": value for name, value in values.items()}
    answer = client.post(path, sent, follow=True)
    assert answer.redirect_chain, answer.context["errors"] if "errors" in answer.context else answer.content.decode()
    return str(answer.content.decode())


def person_page(member: Member) -> str:
    return address("organisation.Person", member.person)


def post_of(world: World, role: Role) -> Post:
    return Post.objects.get(role=role, school=world.school)


def confirmed(world: World, member: Member, pending: PendingPower) -> None:
    """Let somebody confirm a change over the API."""
    answer = member.client.post(f"power-changes/{pending.id}/confirm")
    assert answer.status_code == 200, answer.data


@pytest.mark.parametrize("door", ["person", "post"])
def test_nobody_appoints_himself_protection_lead_alone(school: World, signed_in: SignIn, door: str) -> None:
    sealed = file_ticket(school, category="C02")
    client, post = signed_in(school.ada), post_of(school, Role.PROTECTION_LEAD)
    if door == "person":
        page = row_added(client, person_page(school.ada), "appointments", post=str(post.pk), **START)
    else:
        path = address("organisation.Post", post)
        page = row_added(client, path, "appointments", person=str(school.ada.person.pk), **START)
    assert "waits for a second person" in page
    assert not Appointment.objects.filter(post=post, person=school.ada.person).exists()
    assert school.ada.client.get(f"tickets/{sealed}").status_code == 404
    assert {name: heard for name, heard in told(school).items() if name in {"ada", "erin", "dan"}} == {
        name: ["post asked"] for name in ("ada", "erin", "dan")
    }
    confirmed(school, school.dan, waiting())
    assert school.ada.client.get(f"tickets/{sealed}").status_code == 200
    assert told(school)["erin"] == ["post asked", "post confirmed"]


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.BOARD_CHAIR, Role.PROTECTION_LEAD])
def test_a_deputy_or_a_longer_time_on_such_a_post_waits_too(school: World, signed_in: SignIn, role: Role) -> None:
    post, _new = Post.objects.get_or_create(role=role, school=school.school)
    held = Appointment.objects.create(
        post=post, person=school.bob.person, starts_at=school.now - timedelta(days=9), ends_at=school.now
    )
    client, path = signed_in(school.ada), person_page(school.bob)
    row_added(client, path, "appointments", post=str(post.pk), is_deputy="on", **START)
    forms = client.get(path).context["inline_admin_formsets"][0].formset.forms
    (number,) = (count for count, form in enumerate(forms) if form.instance.pk == held.pk)
    longer = {f"appointments-{number}-ends_at_0": "2099-01-01", f"appointments-{number}-ends_at_1": "08:00"}
    client.post(path, form_of(client, path, **longer))
    assert PendingPower.objects.filter(outcome="waiting", kind="post", role=role).count() == 2
    held.refresh_from_db()
    assert held.ends_at == school.now
    assert not Appointment.objects.filter(post=post, person=school.bob.person, is_deputy=True).exists()


def test_other_posts_are_given_at_once_and_guarded_ones_are_told(school: World, signed_in: SignIn) -> None:
    client, path = signed_in(school.ada), person_page(school.bob)
    row_added(client, path, "appointments", post=str(post_of(school, Role.COORDINATOR).pk), **START)
    assert not PendingPower.objects.exists()
    assert told(school) == {name: ["post done"] for name in ("bob", "erin", "dan")}
    office = Post.objects.get(role=Role.OFFICE_HEAD, unit=school.home.units["facilities"])
    row_added(client, path, "appointments", post=str(office.pk), **START)
    assert told(school)["bob"] == ["post done"]
    assert school.bob.actor.holds(Role.COORDINATOR)


def test_ending_the_lead_s_post_is_told_at_once(school: World, signed_in: SignIn) -> None:
    client, path = signed_in(school.ada), person_page(school.erin)
    sent = form_of(client, path, **{"appointments-0-ends_at_0": "2036-12-31", "appointments-0-ends_at_1": "08:00"})
    assert client.post(path, sent).status_code == 302
    assert Appointment.objects.get(person=school.erin.person).ends_at is not None
    assert told(school) == {"erin": ["post_ended done"], "dan": ["post_ended done"]}


def test_a_school_that_is_being_set_up_waits_for_nobody(world: World, signed_in: SignIn) -> None:
    staffed(world)
    client, post = signed_in(world.ada), post_of(world, Role.PROTECTION_LEAD)
    page = row_added(client, person_page(world.bob), "appointments", post=str(post.pk), **START)
    assert "waits for a second person" not in page
    assert world.bob.actor.holds(Role.PROTECTION_LEAD)
    assert told(world)["erin"] == ["post done"]


def test_a_live_school_waits_for_a_second_person_before_its_first_ticket(world: World, signed_in: SignIn) -> None:
    """Being set up ended with the first ticket only, so that for weeks one person could take every power unseen."""
    staffed(world)
    client, post = signed_in(world.ada), post_of(world, Role.PROTECTION_LEAD)
    row_added(client, person_page(world.ada), "appointments", post=str(post.pk), **START)
    assert world.ada.actor.holds(Role.PROTECTION_LEAD)
    assert school_go_live(school=world.school, by=world.ada.actor, now=world.now)
    assert not school_go_live(school=world.school, by=world.ada.actor, now=world.now)
    heard = {name: (one.count("post done"), one.count("live done")) for name, one in told(world).items()}
    assert heard == {"ada": (6, 1), "dan": (6, 1), "erin": (6, 1), "cleo": (1, 0)}
    page = row_added(client, person_page(world.bob), "appointments", post=str(post.pk), **START)
    assert "waits for a second person" in page
    assert not world.bob.actor.holds(Role.PROTECTION_LEAD)


def reset_mails(asked: str) -> list[str]:
    """Ask for a new password; return where the links went."""
    mail.outbox.clear()
    assert Client().post("/password/forgotten", {"asked": asked}).status_code == 200
    work()
    return [to for message in mail.outbox if "/password/new" in message.body for to in message.to]


def test_an_address_that_others_enter_opens_nothing(school: World, signed_in: SignIn) -> None:
    """An administrator added an address to the protection lead and had a new password sent there (A10)."""
    client, path = signed_in(school.ada), person_page(school.erin)
    evil = "evil@outside.example"
    page = row_added(client, path, "channels", kind="email", address=evil)
    assert "waits for a second person" in page
    assert reset_mails("erin") == ["erin@school.example"]
    assert reset_mails(evil) == []
    assert told(school) == {name: ["address asked"] for name in ("ada", "erin", "dan")}
    confirmed(school, school.dan, waiting())
    channel = ContactChannel.objects.get(address=evil)
    assert (channel.person, channel.verified_at) == (school.erin.person, None)
    assert reset_mails("erin") == ["erin@school.example"]
    assert reset_mails(evil) == []


def test_the_new_and_the_old_address_hear_of_it_themselves(school: World, signed_in: SignIn) -> None:
    client, path = signed_in(school.ada), person_page(school.erin)
    row_added(client, path, "channels", kind="email", address="new@outside.example")
    work()
    assert [m.to for m in mail.outbox if "entered for you" in m.subject] == [["new@outside.example"]]
    mail.outbox.clear()
    sent = form_of(client, path, **{"channels-0-DELETE": "on"})
    assert client.post(path, sent).status_code == 302
    assert not ContactChannel.objects.filter(person=school.erin.person).exists()
    work()
    assert [m.to for m in mail.outbox if "was removed" in m.subject] == [["erin@school.example"]]
    assert told(school)["dan"] == ["address asked", "address_removed done"]


def test_an_address_of_anybody_else_counts_once_its_owner_confirms_it(school: World, signed_in: SignIn) -> None:
    row_added(signed_in(school.ada), person_page(school.bob), "channels", kind="email", address="bob@other.example")
    assert not PendingPower.objects.exists()
    assert reset_mails("bob@other.example") == []
    assert told(school) == {"bob": ["address done"]}
    channel = ContactChannel.objects.get(address="bob@other.example")
    assert school.bob.client.post(f"me/channels/{channel.id}/code").status_code == 200


def test_the_lead_s_account_is_not_unlinked_by_one_person(school: World, signed_in: SignIn) -> None:
    client, path = signed_in(school.ada), address("accounts.User", school.erin.user)
    client.post(path, {**form_of(client, path), "accounts_user_unlink": "1"})
    school.erin.person.refresh_from_db()
    assert school.erin.person.user == school.erin.user
    assert told(school) == {name: ["account_unlinked asked"] for name in ("ada", "erin", "dan")}
    pending = waiting()
    refused = school.erin.client.post(f"power-changes/{pending.id}/confirm")
    assert (refused.status_code, refused.data["code"]) == (403, "not_second_person")
    confirmed(school, school.dan, pending)
    school.erin.person.refresh_from_db()
    assert school.erin.person.user is None


def test_what_was_signed_in_before_an_account_was_closed_stays_out_when_it_is_opened_again(
    school: World, signed_in: SignIn
) -> None:
    client, page, path = signed_in(school.ada), Client(), address("accounts.User", school.ben.user)
    assert page.post("/sign-in", {"username": "ben", "password": PASSWORD}).status_code == 302
    sent = form_of(client, path)
    sent.pop("is_active")
    assert client.post(path, sent).status_code == 302
    assert client.post(path, {**form_of(client, path), "is_active": "on"}).status_code == 302
    assert User.objects.get(pk=school.ben.user.pk).is_active
    assert (page.get("/").status_code, school.ben.client.get("me").status_code) == (302, 401)


def test_an_account_is_closed_at_once_and_opened_again_by_two(school: World, signed_in: SignIn) -> None:
    client, path = signed_in(school.ada), address("accounts.User", school.erin.user)
    sent = form_of(client, path)
    sent.pop("is_active")
    client.post(path, sent)
    assert school.erin.client.get("me").status_code == 401
    client.post(path, {**form_of(client, path), "is_active": "on"})
    assert school.erin.client.get("me").status_code == 401
    assert told(school)["dan"] == ["sign_in_closed done", "sign_in_opened asked"]
    confirmed(school, school.dan, waiting())
    assert school.erin.client.post("tokens", {"username": "erin", "password": PASSWORD}).status_code == 201


def test_absences_of_those_who_read_sealed_tickets_wait_and_others_are_told(school: World, signed_in: SignIn) -> None:
    client = signed_in(school.ada)
    values = {**START, "starts_at_0": "2036-12-01", "ends_at_0": "2037-09-27", "ends_at_1": "08:00"}
    row_added(client, person_page(school.erin), "absences", **values)
    assert not Absence.objects.filter(person=school.erin.person).exists()
    assert waiting().kind == "absence"
    row_added(client, person_page(school.bob), "absences", **values)
    assert Absence.objects.filter(person=school.bob.person).exists()
    assert told(school)["bob"] == ["absence done"]
    assert told(school)["dan"] == ["absence asked", "absence done"]
    confirmed(school, school.dan, waiting())
    assert Absence.objects.get(person=school.erin.person).ends_at.year == 2037


def test_whoever_is_entered_as_leader_on_duty_is_told(school: World, signed_in: SignIn) -> None:
    client, shift = signed_in(school.ada), DutyShift.objects.get()
    path = address("duty.DutyShift", shift)
    row_added(client, path, "slots", part="leader", person=str(school.ada.person.pk))
    assert told(school) == {name: ["duty done"] for name in ("ada", "erin", "dan")}
    DutyShift.objects.update(starts_at=school.now + timedelta(hours=1))
    client.post(address("duty.DutyShift", shift, "delete"), {"post": "yes"})
    assert told(school)["vera"] == ["duty_ended done"]


def test_a_rulebook_taken_into_use_is_told(school: World, signed_in: SignIn) -> None:
    used = SchoolRulebook.objects.get(school=school.school)
    content = used.version.content
    blocked = [row for row in content["categories"] if row["code"] == "F02"]
    version, _new = rulebook_load(content={**content, "name": "revised", "categories": blocked}, now=school.now)
    client, path = signed_in(school.ada), address("rulebook.SchoolRulebook", used)
    assert client.post(path, form_of(client, path, version=str(version.pk))).status_code == 302
    assert told(school) == {"erin": ["rulebook done"], "dan": ["rulebook done"]}
