"""A channel counts once its code has been typed; addresses that point inside are refused."""

import re
from datetime import timedelta
from typing import Any

import pytest

from backend.common.models import OutboxMessage
from backend.notifications.models import Delivery
from backend.organisation.models import ContactChannel
from backend.organisation.services.channels import channel_code
from tests.notifications.hands import work
from tests.notifications.peers import MailServer, RobotHost
from tests.workflow.steps import file_ticket
from tests.world import World

CHANNELS = "me/channels"
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef0123&secret=SEC0123456789abcdef"
FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/1234abcd-0000"


def added(world: World, kind: str, address: str) -> dict[str, Any]:
    answer = world.bob.client.post(CHANNELS, {"kind": kind, "address": address})
    assert answer.status_code == 201, answer.data
    found: dict[str, Any] = answer.data
    return found


def test_a_code_sent_by_mail_verifies_the_address_and_only_then_it_counts(world: World, post: MailServer) -> None:
    channel = added(world, "email", "bob.new@school.example")
    assert channel["verified_at"] is None
    work("channel.code")
    (mail,) = post.to("bob.new")
    code = re.findall(r"\d{6}", mail["Subject"])[0]
    file_ticket(world, routed=True)
    work("ticket.changed:notices", "notice.deliver")
    assert (len(post.to("bob")), len(post.to("bob.new"))) == (1, 1)
    wrong = world.bob.client.post(f"{CHANNELS}/{channel['id']}/verify", {"code": f"{(int(code) + 1) % 10**6:06d}"})
    assert (wrong.status_code, wrong.data["code"]) == (400, "code_wrong")
    assert world.alice.client.post(f"{CHANNELS}/{channel['id']}/verify", {"code": code}).status_code == 404
    right = world.bob.client.post(f"{CHANNELS}/{channel['id']}/verify", {"code": code})
    assert right.status_code == 200
    assert right.data["verified_at"]
    rows = world.bob.client.get(CHANNELS).data["items"]
    assert [row["address"] for row in rows] == ["bob@school.example", "bob.new@school.example"]


@pytest.mark.parametrize(
    ("kind", "address", "text"),
    [
        ("wecom", WECOM, lambda document: document["text"]["content"]),
        ("dingtalk", DINGTALK, lambda document: document["text"]["content"]),
        ("feishu", FEISHU, lambda document: document["content"]["text"]),
        ("webhook", "https://localhost:{port}/hook?room=7", lambda document: document["title"]),
    ],
    ids=["wecom", "dingtalk", "feishu", "webhook"],
)
def test_a_code_goes_through_each_robot(world: World, robots: RobotHost, kind: str, address: str, text: Any) -> None:
    channel = added(world, kind, address.format(port=robots.port))
    work("channel.code")
    (arrived,) = robots.posts
    row = ContactChannel.objects.get(id=channel["id"])
    assert row.code_sent_at is not None
    code = channel_code(channel_id=row.id, sent_at=row.code_sent_at)
    assert code in text(arrived.document)
    assert arrived.headers["X-Allclear-Message-Id"]
    if kind == "dingtalk":
        assert arrived.query["access_token"] == ["0123456789abcdef0123"]
        assert {"timestamp", "sign"} <= set(arrived.query)
    if kind == "webhook":
        assert (arrived.path, arrived.query, arrived.document["type"]) == ("/hook", {"room": ["7"]}, "info")
    assert world.bob.client.post(f"{CHANNELS}/{row.id}/verify", {"code": code}).status_code == 200


@pytest.mark.slow("tests/notifications/test_channels.py", after=4)
@pytest.mark.parametrize(
    ("kind", "address", "code"),
    [
        ("email", "bob", "address_wrong"),
        ("wecom", "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=12345678", "address_wrong"),
        ("wecom", "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=12345678", "address_wrong"),
        ("dingtalk", WECOM, "address_wrong"),
        ("webhook", "http://hooks.example.org/a", "address_wrong"),
        ("webhook", "https://user:word@hooks.example.org/a", "address_wrong"),
        ("webhook", "https://hooks.example.org\\@127.0.0.1/", "address_wrong"),
        ("webhook", "https://127.0.0.1/a", "address_inside"),
        ("webhook", "https://[::ffff:10.0.0.1]/a", "address_inside"),
        ("webhook", "https://[64:ff9b::7f00:1]/a", "address_inside"),
        ("webhook", "https://[::127.0.0.1]/a", "address_inside"),
        ("webhook", "https://169.254.169.254/latest", "address_inside"),
        ("webhook", "https://2130706433/a", "address_inside"),
        ("webhook", "https://0x7f.1/a", "address_inside"),
        ("webhook", "https://localhost/a", "address_inside"),
        ("webhook", "https://printer.local/a", "address_inside"),
        ("webhook", "https://intranet/a", "address_inside"),
    ],
)
def test_addresses_that_do_not_fit_are_refused(world: World, kind: str, address: str, code: str) -> None:
    answer = world.bob.client.post(CHANNELS, {"kind": kind, "address": address})
    assert (answer.status_code, answer.data["code"]) == (400, code)
    assert answer.data["errors"][0]["pointer"] == "/address"


def test_a_host_that_turns_out_to_lie_inside_gets_nothing(
    world: World, robots: RobotHost, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = added(world, "webhook", f"https://localhost:{robots.port}/hook")
    settings.INTRANET_HOOK_HOSTS = frozenset()
    work("channel.code")
    assert robots.posts == []
    waiting = OutboxMessage.objects.get(topic="channel.code")
    assert "private network" in waiting.last_error
    assert ContactChannel.objects.get(id=channel["id"]).verified_at is None


def test_codes_are_few_short_lived_and_not_sent_too_often(world: World, post: MailServer) -> None:
    channel = ContactChannel.objects.get(id=added(world, "email", "bob.new@school.example")["id"])
    assert channel.code_sent_at is not None
    code = channel_code(channel_id=channel.id, sent_at=channel.code_sent_at)
    verify = f"{CHANNELS}/{channel.id}/verify"
    wrong = "000000" if code != "000000" else "000001"
    answers = [world.bob.client.post(verify, {"code": wrong}).data["code"] for _try in range(6)]
    assert answers == ["code_wrong"] * 5 + ["code_spent"]
    assert world.bob.client.post(verify, {"code": code}).data["code"] == "code_spent"
    soon = world.bob.client.post(f"{CHANNELS}/{channel.id}/code")
    assert (soon.status_code, soon.data["code"], soon.headers["Retry-After"]) == (429, "code_too_soon", "120")
    ContactChannel.objects.filter(id=channel.id).update(code_sent_at=channel.code_sent_at - timedelta(minutes=16))
    assert world.bob.client.post(f"{CHANNELS}/{channel.id}/code").status_code == 200
    work("channel.code")
    (mail,) = post.to("bob.new")
    ContactChannel.objects.filter(id=channel.id).update(code_sent_at=channel.code_sent_at - timedelta(minutes=16))
    late = re.findall(r"\d{6}", mail["Subject"])[0]
    assert world.bob.client.post(verify, {"code": late}).data["code"] == "code_spent"


def test_five_channels_none_twice_and_the_last_that_counts_stays(world: World) -> None:
    own = ContactChannel.objects.get(person=world.bob.person)
    taken = world.bob.client.post(CHANNELS, {"kind": "email", "address": own.address})
    assert taken.data["code"] == "channel_exists"
    new = [added(world, "email", f"bob{number}@school.example")["id"] for number in range(4)]
    sixth = world.bob.client.post(CHANNELS, {"kind": "email", "address": "bob9@school.example"})
    assert (sixth.status_code, sixth.data["code"]) == (409, "too_many_channels")
    kept = world.bob.client.http.delete(f"/api/v1/{CHANNELS}/{own.id}")
    assert (kept.status_code, kept.data["code"]) == (409, "last_channel")
    assert world.alice.client.http.delete(f"/api/v1/{CHANNELS}/{new[0]}").status_code == 404
    assert world.bob.client.http.delete(f"/api/v1/{CHANNELS}/{new[0]}").status_code == 204
    ContactChannel.objects.filter(id=new[1]).update(verified_at=world.now)
    assert world.bob.client.http.delete(f"/api/v1/{CHANNELS}/{own.id}").status_code == 204


def test_what_waits_for_a_removed_channel_goes_by_the_next(world: World, post: MailServer) -> None:
    gone = ContactChannel.objects.create(
        person=world.bob.person, address="bob.home@school.example", verified_at=world.now - timedelta(days=2)
    )
    world.bob.client.http.put(
        "/api/v1/me/choices", {"choices": [{"group": "new_ticket", "channels": [gone.id]}]}, format="json"
    )
    file_ticket(world, routed=True)
    work("ticket.changed:notices")
    assert world.bob.client.http.delete(f"/api/v1/{CHANNELS}/{gone.id}").status_code == 204
    work("notice.deliver")
    work("notice.deliver")
    assert len(post.to("bob")) == 1
    assert sorted(Delivery.objects.filter(notice__person=world.bob.person).values_list("status", flat=True)) == [
        "sent",
        "skipped",
    ]
