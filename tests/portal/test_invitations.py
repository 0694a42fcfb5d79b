"""Opening an account by invitation, and a forgotten password: links that work once, in time, and tell nothing."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from backend.accounts.models import User
from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.organisation.models import ContactChannel, Person
from backend.organisation.roles import Role
from backend.portal.tasks import send_invitation, send_password_reset
from tests.browser import SignIn
from tests.world import PASSWORD, Member, World, appoint, member_add

NEW = "three-words-together"
TASKS = (send_invitation, send_password_reset)


@pytest.fixture
def ada(world: World) -> Member:
    """Return the administrator."""
    return member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)


@pytest.fixture
def nina(world: World) -> Person:
    """Return somebody new: a person with an address nobody verified, and no account."""
    person = Person.objects.create(school=world.school, name="Nina", staff_number="nina", language="en")
    appoint(person, Role.REPORTER, world.home.units["student-affairs"], world.now)
    ContactChannel.objects.create(person=person, address="nina@school.example")
    return person


@pytest.fixture(autouse=True)
def mail_folder(tmp_path: Path) -> Iterator[Path]:
    """Let mail go into a folder, as in a demonstration."""
    folder = tmp_path / "mail"
    with override_settings(EMAIL_BACKEND="backend.notifications.mail.FolderBackend", MAIL_DIRECTORY=str(folder)):
        yield folder


def mailed(folder: Path) -> list[str]:
    """Do what the worker does, and return every mail there is as text."""
    for task in TASKS:
        task()
    texts = []
    for path in sorted(folder.rglob("*.eml")):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        texts.append(f"{message['to']}\n{message['subject']}\n{body.get_content()}")
    return texts


def link_in(text: str) -> str:
    """Return the address in a mail, without the host."""
    found = re.search(r"https?://\S+", text)
    assert found
    parts = urlsplit(found[0])
    return f"{parts.path}?{parts.query}"


def token_in(link: str) -> str:
    return parse_qs(urlsplit(link).query)["token"][0]


def invited(ada: Member, person: Person, folder: Path) -> str:
    """Invite somebody over the API and return the link that reached them."""
    assert ada.client.post(f"people/{person.id}/invite").status_code == 202
    return link_in(mailed(folder)[-1])


def accept(link: str, username: str = "nina", password: str = NEW, again: str | None = None) -> tuple[Client, int, str]:
    """Fill in the page behind a link; return the browser, the status and the page."""
    client = Client(headers={"accept-language": "en"})
    body = {"token": token_in(link), "username": username, "password": password, "again": again or password}
    answer = client.post(urlsplit(link).path, body)
    return client, answer.status_code, answer.content.decode()


def test_an_invited_person_opens_an_account_and_can_be_reached(
    world: World, ada: Member, nina: Person, mail_folder: Path
) -> None:
    answer = ada.client.post(f"people/{nina.id}/invite")
    assert (answer.status_code, answer.data) == (202, {"mails": 1, "waiting": 0})
    (text,) = mailed(mail_folder)
    assert text.startswith("nina@school.example\nAllclear: open your account\nHello Nina,")
    assert "The link works once, until" in text
    page = Client(headers={"accept-language": "zh-hans"}).get(link_in(text))
    assert '<html lang="en">' in page.content.decode()
    client, status, _page = accept(link_in(text), username=" Nina ")
    assert status == 302
    nina.refresh_from_db()
    assert nina.user is not None
    assert (nina.user.username, nina.user.language) == ("nina", "en")
    assert nina.user.check_password(NEW)
    assert ContactChannel.objects.get(person=nina).verified_at is not None
    assert "Your account is open." in client.get("/").content.decode()


def test_the_mail_is_in_the_language_of_the_list(world: World, ada: Member, nina: Person, mail_folder: Path) -> None:
    Person.objects.filter(id=nina.id).update(language="zh-hans")
    link = invited(ada, nina, mail_folder)
    assert '<html lang="zh-hans">' in Client(headers={"accept-language": "en"}).get(link).content.decode()


def test_a_link_works_once(world: World, ada: Member, nina: Person, mail_folder: Path) -> None:
    link = invited(ada, nina, mail_folder)
    assert accept(link)[1] == 302
    _client, status, page = accept(link, username="thief")
    assert status == 410
    assert "This link does not work" in page
    assert Client().get(link).status_code == 410
    assert not User.objects.filter(username="thief").exists()


def test_a_link_works_for_a_week(world: World, ada: Member, nina: Person, mail_folder: Path) -> None:
    ada.client.post(f"people/{nina.id}/invite")
    created = database_now() - timedelta(days=7, minutes=-1)
    OutboxMessage.objects.update(created_at=created)
    (text,) = mailed(mail_folder)
    assert Client().get(link_in(text)).status_code == 200
    OutboxMessage.objects.update(created_at=created - timedelta(minutes=2), done_at=None, held_until=None)
    for path in mail_folder.rglob("*.eml"):
        path.unlink()
    assert mailed(mail_folder) == []


def test_a_link_past_its_time_is_dead(
    world: World, ada: Member, nina: Person, mail_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = invited(ada, nina, mail_folder)
    later = database_now() + timedelta(days=7, seconds=1)
    monkeypatch.setattr("backend.portal.views.account.database_now", lambda: later)
    assert Client().get(link).status_code == 410
    assert accept(link)[1] == 410


@pytest.mark.parametrize("change", ["", "x", "{token}x", "x{token}", "null:abc"])
def test_a_link_that_was_changed_is_dead(
    world: World, ada: Member, nina: Person, mail_folder: Path, change: str
) -> None:
    token = token_in(invited(ada, nina, mail_folder))
    answer = Client(headers={"accept-language": "en"}).get("/invitation", {"token": change.format(token=token)})
    assert answer.status_code == 410
    assert Client().get("/password/new", {"token": token}).status_code == 410


def test_a_corrected_address_kills_the_link_to_the_wrong_one(
    world: World, ada: Member, nina: Person, mail_folder: Path
) -> None:
    link = invited(ada, nina, mail_folder)
    ContactChannel.objects.filter(person=nina).delete()
    assert Client().get(link).status_code == 410


def test_what_is_wrong_is_told_and_the_link_stays_good(
    world: World, ada: Member, nina: Person, mail_folder: Path
) -> None:
    link = invited(ada, nina, mail_folder)
    for username, password, again, words in (
        ("alice", NEW, NEW, "already in use"),
        ("nina", "short", "short", "too short"),
        ("nina", NEW, NEW + "x", "not the same"),
        ("ni na", NEW, NEW, "without spaces"),
        ("", NEW, NEW, "Please choose a user name."),
    ):
        _client, status, page = accept(link, username, password, again)
        assert status == 400
        assert words in page
        assert NEW not in page
    assert accept(link)[1] == 302


def test_who_may_invite_whom(world: World, ada: Member, nina: Person) -> None:
    stranger = Person.objects.create(school=world.elsewhere.school, name="Stranger", staff_number="stranger")
    silent = Person.objects.create(school=world.school, name="Silent", staff_number="silent")
    boss = member_add(world, "boss", [(Role.ADMINISTRATOR, None, False)], site=world.elsewhere)
    for member, person, status, code in (
        (world.mallory, nina, 404, "not_found"),
        (boss, nina, 404, "not_found"),
        (ada, stranger, 404, "not_found"),
        (world.cleo, nina, 403, "not_administrator"),
        (ada, world.alice.person, 409, "account_exists"),
        (ada, silent, 409, "no_address"),
    ):
        answer = member.client.post(f"people/{person.id}/invite")
        assert (answer.status_code, answer.data["code"]) == (status, code)
    assert not OutboxMessage.objects.filter(topic="person.invited").exists()


def test_inviting_all_reaches_everybody_without_an_account_once(
    world: World, ada: Member, nina: Person, signed_in: SignIn, mail_folder: Path
) -> None:
    otto = Person.objects.create(school=world.school, name="Otto", staff_number="otto")
    ContactChannel.objects.create(person=otto, address="otto@school.example")
    client = signed_in(ada)
    assert "2 invitations are on their way." in client.post("/staff/invite", follow=True).content.decode()
    for sent in ({}, {"again": "1"}):
        assert "Nothing was sent" in client.post("/staff/invite", sent, follow=True).content.decode()
    assert len(mailed(mail_folder)) == 2
    assert signed_in(world.cleo).post("/staff/invite").status_code == 403


def test_no_token_lies_in_the_outbox_or_in_a_log(
    world: World, ada: Member, nina: Person, mail_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client()
    client.post("/password/forgotten", {"asked": "alice"})
    link = invited(ada, nina, mail_folder)
    accept(link, password="short")
    accept(link)
    Client().get(link)
    kept = json.dumps(list(OutboxMessage.objects.values("payload", "dedup_key", "last_error")))
    for text in mailed(mail_folder):
        assert token_in(link_in(text)) not in kept + caplog.text
    assert {frozenset(message.payload) for message in OutboxMessage.objects.all()} == {
        frozenset({"users", "device"}),
        frozenset({"channel", "confirmed"}),
    }


def forgotten(asked: str) -> tuple[int, str]:
    """Ask for a new password; return the status and the page without what differs by chance."""
    cache.clear()
    answer = Client(headers={"accept-language": "en"}).post("/password/forgotten", {"asked": asked})
    return answer.status_code, re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode())


def test_the_answer_is_the_same_whether_there_is_an_account_or_not(world: World, mail_folder: Path) -> None:
    known = forgotten("alice")
    assert known[0] == 200
    assert forgotten("nobody-at-all") == forgotten("alice@school.example") == forgotten(" ALICE ") == known
    rows = OutboxMessage.objects.filter(topic="password.forgotten").values_list("payload", flat=True)
    alice = world.alice.user.pk
    assert sorted(len(row["users"]) for row in rows) == [0, 1, 1, 1]
    assert {user for row in rows for user in row["users"]} == {alice}


def test_asking_too_often_is_refused_by_what_was_typed(world: World) -> None:
    client = Client(headers={"accept-language": "en"})
    for asked in ("alice", "nobody-at-all"):
        statuses = [client.post("/password/forgotten", {"asked": asked}).status_code for _try in range(6)]
        assert statuses == [200] * 5 + [429]


def test_strangers_use_up_no_tries_of_a_device_its_owner_has_signed_in_at(world: World) -> None:
    own, stranger = Client(), Client()
    assert own.post("/sign-in", {"username": "alice", "password": PASSWORD}).status_code == 302
    own.post("/sign-out")
    for spelling in ("alice", "ALICE", "ａｌｉｃｅ", "ali\u200bce", " alice", "alice"):
        last = stranger.post("/password/forgotten", {"asked": spelling}).status_code
    assert last == 429
    assert own.post("/password/forgotten", {"asked": "alice"}).status_code == 200


def test_an_address_has_one_count_however_it_is_spelt(world: World) -> None:
    ContactChannel.objects.filter(person=world.alice.person).update(address="boss@school.example")
    statuses = [
        Client().post("/password/forgotten", {"asked": asked}).status_code
        for asked in ("boss@school.example", "bo\u00df@school.example", "BOSS@school.example") * 2
    ]
    assert statuses == [200] * 5 + [429]


def test_a_new_password_ends_every_session_and_token_and_the_link(
    world: World, signed_in: SignIn, mail_folder: Path
) -> None:
    elsewhere = signed_in(world.alice)
    forgotten("alice")
    (text,) = mailed(mail_folder)
    assert text.startswith("alice@school.example\nAllclear: set a new password\n")
    link = link_in(text)
    assert "For your account “alice”" in Client(headers={"accept-language": "en"}).get(link).content.decode()
    assert accept(link, password="short")[1] == 400
    client, status, _page = accept(link)
    assert status == 302
    assert "Your new password is set." in client.get("/sign-in").content.decode()
    assert world.alice.client.get("me").status_code == 401
    assert elsewhere.get("/")["Location"].startswith("/sign-in")
    assert accept(link, password=NEW + "-2")[1] == 410
    assert Client().post("/sign-in", {"username": "alice", "password": NEW}).status_code == 302


def test_a_new_password_ends_the_wait_for_a_name(world: World, mail_folder: Path) -> None:
    for _attempt in range(11):
        locked = Client().post("/sign-in", {"username": "alice", "password": "wrong"})
    assert locked.status_code == 429
    forgotten("alice")
    accept(link_in(mailed(mail_folder)[0]))
    assert Client().post("/sign-in", {"username": "alice", "password": NEW}).status_code == 302


def test_a_reset_link_lasts_an_hour_and_ends_with_the_account(
    world: World, mail_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten("alice")
    link = link_in(mailed(mail_folder)[0])
    User.objects.filter(username="alice").update(is_active=False)
    assert Client().get(link).status_code == 410
    User.objects.filter(username="alice").update(is_active=True)
    assert Client().get(link).status_code == 200
    later = database_now() + timedelta(hours=1, seconds=1)
    monkeypatch.setattr("backend.portal.views.account.database_now", lambda: later)
    assert Client().get(link).status_code == 410


def test_no_link_goes_to_an_address_that_is_not_verified(world: World, mail_folder: Path) -> None:
    ContactChannel.objects.filter(person=world.alice.person).update(verified_at=None)
    forgotten("alice")
    forgotten("alice@school.example")
    assert mailed(mail_folder) == []


def test_one_changes_ones_own_password(world: World, signed_in: SignIn) -> None:
    client, other = signed_in(world.alice), signed_in(world.alice)
    for present, new, words in (
        ("wrong", NEW, "not your present password"),
        (PASSWORD, "short", "too short"),
        ("", NEW, "enter your present password"),
    ):
        answer = client.post("/account/password", {"present": present, "password": new, "again": new})
        assert answer.status_code == 400
        assert words in answer.content.decode()
    done = client.post("/account/password", {"present": PASSWORD, "password": NEW, "again": NEW}, follow=True)
    assert "Your password is changed." in done.content.decode()
    assert other.get("/").status_code == 302
    assert world.alice.client.get("me").status_code == 401
