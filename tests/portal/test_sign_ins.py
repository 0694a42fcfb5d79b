"""Sessions and tokens as their owner sees and ends them, and the mails on what happens to an account."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from knox.models import AuthToken

from backend.accounts.device_words import device_words
from backend.accounts.models import SignIn, User
from backend.common.models import OutboxMessage
from backend.organisation.models import ContactChannel, School
from backend.organisation.services.channels import channel_code
from backend.portal.tasks import send_account_news
from tests.world import PASSWORD, Member, World
from tests.world import Client as Api

NEW = "three-words-together"
PHONE = "Mozilla/5.0 (Linux; Android 14; HUAWEI P60) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"


@pytest.fixture(autouse=True)
def mail_folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "mail"
    with override_settings(EMAIL_BACKEND="backend.notifications.mail.FolderBackend", MAIL_DIRECTORY=str(folder)):
        yield folder


def browser(agent: str = DESK, address: str = "203.0.113.77", language: str = "en") -> Client:
    return Client(headers={"accept-language": language, "user-agent": agent}, REMOTE_ADDR=address)


def enter(client: Client, name: str = "alice", password: str = PASSWORD) -> Client:
    assert client.post("/sign-in", {"username": name, "password": password}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def mailed(folder: Path) -> list[tuple[str, str, str]]:
    """Send what waits; return receiver, subject and text of every mail there is."""
    send_account_news()
    found = []
    for path in sorted(folder.rglob("*.eml")):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        found.append((str(message["to"]), str(message["subject"]).strip(), body.get_content()))
        path.unlink()
    return found


def items(api: Api) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = api.get("me/sessions").data["items"]
    return rows


def test_the_page_lists_sessions_and_tokens_in_words(world: World) -> None:
    desk = enter(browser())
    enter(browser(PHONE, "198.51.100.9"))
    page = desk.get("/account").content.decode()
    for words in (
        "Edge · Windows",
        "203.0.113.0/24",
        "Chrome · Android",
        "198.51.100.0/24",
        "Through a program",
        "this one",
    ):
        assert words in page, words
    assert "203.0.113.77" not in page
    assert not SignIn.objects.filter(network__contains="203.0.113.77").exists()


def test_one_is_ended_and_all_others_are(world: World) -> None:
    desk, phone, third = enter(browser()), enter(browser(PHONE)), enter(browser())
    row = SignIn.objects.get(device="Chrome · Android")
    assert enter(browser(), "bob").post(f"/account/sessions/{row.id}/end").status_code == 404
    assert is_in(phone)
    assert desk.post(f"/account/sessions/{row.id}/end").status_code == 302
    assert [is_in(one) for one in (desk, phone, third)] == [True, False, True]
    assert desk.post("/account/sessions/end-others").status_code == 302
    assert [is_in(one) for one in (desk, third)] == [True, False]
    assert world.alice.client.get("me").status_code == 401
    assert world.bob.client.get("me").status_code == 200


def test_the_same_over_the_api(world: World) -> None:
    desk = enter(browser())
    row, own = items(world.alice.client)
    assert {row["kind"], own["kind"]} == {"session", "token"}
    session = next(item for item in (row, own) if item["kind"] == "session")
    assert (session["device"], session["network"], session["is_present"]) == ("Edge · Windows", "203.0.113.0/24", False)
    assert world.bob.client.http.delete(f"/api/v1/me/sessions/{session['id']}").status_code == 404
    assert world.alice.client.http.delete(f"/api/v1/me/sessions/{session['id']}").status_code == 204
    assert not is_in(desk)
    enter(browser())
    assert world.alice.client.http.delete("/api/v1/me/sessions").status_code == 204
    assert [item["is_present"] for item in items(world.alice.client)] == [True]


def test_signing_out_leaves_nothing_behind(world: World) -> None:
    desk = enter(browser())
    desk.post("/sign-out")
    world.alice.client.http.delete("/api/v1/tokens/current")
    assert SignIn.objects.filter(user=world.alice.user).count() == 0


def test_the_last_use_is_kept_to_within_minutes(world: World) -> None:
    desk = enter(browser())
    old = world.now - timedelta(hours=3)
    SignIn.objects.filter(user=world.alice.user).update(last_used_at=old)
    desk.get("/")
    assert SignIn.objects.get(session__isnull=False).last_used_at == old
    session = desk.session
    session["used_at"] = old.timestamp()
    session.save()
    assert is_in(desk)
    assert world.alice.client.get("me").status_code == 200
    assert all(row.last_used_at >= world.now for row in SignIn.objects.filter(user=world.alice.user))


def test_sessions_are_bounded(world: World) -> None:
    first = enter(browser())
    known = first.cookies["device"].value
    for _number in range(50):
        client = browser()
        client.cookies["device"] = known
        enter(client)
    assert not is_in(first)
    assert SignIn.objects.filter(user=world.alice.user, session__isnull=False).count() == 50
    assert Session.objects.count() == 50


def test_a_new_device_is_told_once_in_the_readers_language_and_the_schools_time(
    world: World, mail_folder: Path
) -> None:
    School.objects.filter(id=world.school.id).update(time_zone="Asia/Tokyo")
    User.objects.filter(pk=world.alice.user.pk).update(language="zh-hans")
    desk = enter(browser())
    ((to, subject, text),) = mailed(mail_folder)
    assert (to, subject) == ("alice@school.example", "报平安：有新设备登录了您的账号")
    row = SignIn.objects.get(session__isnull=False)
    local = row.started_at + timedelta(hours=9)
    assert f"{local:%H:%M}" in text
    assert "Edge · Windows" in text
    assert "203.0.113.0/24" in text
    desk.post("/sign-out")
    enter(desk)
    assert mailed(mail_folder) == []
    enter(browser(PHONE))
    assert len(mailed(mail_folder)) == 1


def test_a_program_is_told_at_its_first_token_from_a_network_only(world: World, mail_folder: Path) -> None:
    body = {"username": "alice", "password": PASSWORD}
    for _number in range(3):
        client = browser("python-requests/2.32", "198.51.100.9")
        assert client.post("/api/v1/tokens", body, content_type="application/json").status_code == 201
    ((_to, subject, text),) = mailed(mail_folder)
    assert subject == "Allclear: a new device signed in to your account"
    assert "Device: python-requests" in text


def test_a_new_password_ends_the_others_and_is_told(world: World, mail_folder: Path) -> None:
    desk, phone = enter(browser()), enter(browser(PHONE))
    mailed(mail_folder)
    answer = desk.post("/account/password", {"present": PASSWORD, "password": NEW, "again": NEW})
    assert answer.status_code == 302
    assert (is_in(desk), is_in(phone)) == (True, False)
    assert not AuthToken.objects.filter(user=world.alice.user).exists()
    (row,) = SignIn.objects.filter(user=world.alice.user)
    assert row.device == "Edge · Windows"
    assert [subject for _to, subject, _text in mailed(mail_folder)] == ["Allclear: your password was changed"]


def add_channel(member: Member, address: str) -> int:
    """Add an address over the API and type its code; return its id."""
    added = member.client.post("me/channels", {"kind": "email", "address": address})
    row = ContactChannel.objects.get(id=added.data["id"])
    assert row.code_sent_at is not None
    code = channel_code(channel_id=row.id, sent_at=row.code_sent_at)
    assert member.client.post(f"me/channels/{row.id}/verify", {"code": code}).status_code == 200
    return row.id


def test_the_old_address_hears_of_a_new_one_and_of_its_own_removal(world: World, mail_folder: Path) -> None:
    add_channel(world.alice, "alice.new@school.example")
    ((to, subject, text),) = mailed(mail_folder)
    assert (to, subject) == ("alice@school.example", "Allclear: an address was added to your account")
    assert "Address: alice.new@school.example" in text
    old = ContactChannel.objects.get(address="alice@school.example")
    assert world.alice.client.http.delete(f"/api/v1/me/channels/{old.id}").status_code == 204
    told = mailed(mail_folder)
    assert {to for to, _subject, _text in told} == {"alice@school.example", "alice.new@school.example"}
    assert {subject for _to, subject, _text in told} == {"Allclear: an address was removed from your account"}


def test_news_of_a_week_ago_and_of_nobody_are_not_sent(world: World, mail_folder: Path) -> None:
    enter(browser())
    OutboxMessage.objects.filter(topic="account.news").update(created_at=world.now - timedelta(days=8))
    assert mailed(mail_folder) == []


def test_nothing_more_is_sent_to_an_account_that_was_closed_meanwhile(world: World, mail_folder: Path) -> None:
    enter(browser())
    world.alice.user.is_active = False
    world.alice.user.save()
    assert mailed(mail_folder) == []


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Chrome · Android"),
        (DESK, "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) MicroMessenger/8.0.49 Safari", "WeChat · iPhone"),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) ArkWeb/4.1 HuaweiBrowser/5.0", "Huawei Browser · HarmonyOS"),
        ("curl/8.5.0", "curl"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_device_in_words(agent: str, words: str) -> None:
    assert device_words(agent) == words
