"""Robots as they are in groups: shared by several people, with signatures, keywords and reasons of their own."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import translation

from backend.common import posting
from backend.common.models import OutboxMessage
from backend.common.outgoing import NotTaken
from backend.notifications.carrying import Carrier
from backend.notifications.messages import Message
from backend.notifications.models import Delivery, Notice, SubjectKind
from backend.notifications.rendering import words_of
from backend.notifications.sentences import TO_REPORTER, TO_STAFF
from backend.notifications.services.delivering import message_for
from backend.notifications.tasks import send_to_address
from backend.organisation.models import ContactChannel, Power
from backend.organisation.services.entered_addresses import addresses_tell
from backend.workflow.models import Ticket
from tests.browser import SignIn
from tests.notifications.hands import channel_for, time_passes, work
from tests.notifications.peers import RobotHost
from tests.notifications.test_channels import DINGTALK, FEISHU, WECOM, added
from tests.patience import within
from tests.workflow.steps import STRICT, TOLD, file_ticket
from tests.world import World

BRANDS = {"en": "Allclear", "zh-hans": "报平安"}
HOSTS = {"dingtalk": "oapi.dingtalk.com", "feishu": "open.feishu.cn", "wecom": "qyapi.weixin.qq.com"}
ADDRESSES = {
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef0123",
    "feishu": FEISHU,
    "wecom": WECOM,
}
SECRET = "SEC0123456789abcdef"


def handled_by_robot(world: World, *names: str, kind: str = "feishu") -> None:
    """Let these people be told by one robot alone."""
    for name in names:
        ContactChannel.objects.filter(person=world.members[name].person).delete()
        channel_for(world.members[name], kind, ADDRESSES[kind], world.now - timedelta(hours=1))


def test_two_people_with_one_robot_are_told_by_one_message(world: World, robots: RobotHost) -> None:
    handled_by_robot(world, "bob", "ben")
    file_ticket(world, routed=True)
    work(TOLD, "notice.deliver")
    assert len(robots.posts) == 1
    assert set(Delivery.objects.values_list("status", flat=True)) == {"sent"}
    file_ticket(world, routed=True)
    work(TOLD, "notice.deliver")
    time_passes()
    work("notice.deliver")
    assert len(robots.posts) == 2


@pytest.mark.parametrize(("kind", "where"), [("feishu", "header"), ("webhook", "body")])
def test_a_robot_that_answers_a_byte_at_a_time_holds_no_worker(
    world: World, robots: RobotHost, monkeypatch: pytest.MonkeyPatch, kind: str, where: str
) -> None:
    """The limit was one for each byte, so that a hook of anybody's could hold both threads of a worker for hours."""
    monkeypatch.setattr(posting, "SECONDS", 0.5)
    address = {**ADDRESSES, "webhook": f"https://localhost:{robots.port}/hook"}[kind]
    channel = ContactChannel(person=world.bob.person, kind=kind, address=address)
    robots.dripping.add(where)
    began = time.monotonic()
    with pytest.raises(NotTaken), Carrier() as carrier:
        carrier.carry(channel=channel, message=Message("a", "b"), message_id=uuid4())
    assert within(time.monotonic() - began, 4)


@pytest.mark.parametrize(("kind", "mark"), [("feishu", "?"), ("dingtalk", "&")])
def test_one_robot_is_told_once_although_one_of_them_typed_its_secret(
    world: World, robots: RobotHost, kind: str, mark: str
) -> None:
    """With the secret it was another address, and the group read everything twice (E10)."""
    handled_by_robot(world, "bob", "ben", kind=kind)
    ContactChannel.objects.filter(person=world.ben.person).update(address=f"{ADDRESSES[kind]}{mark}secret={SECRET}")
    file_ticket(world, routed=True)
    work(TOLD, "notice.deliver")
    assert len(robots.posts) == 1
    assert "sign" in str(robots.posts[0]), "it is signed, since the robot may ask for that"
    assert set(Delivery.objects.values_list("status", flat=True)) == {"sent"}


@pytest.mark.parametrize(
    ("kind", "spelt"),
    [
        ("feishu", "https://Open.Feishu.cn/open-apis/bot/v2/hook/1234abcd-0000"),
        ("feishu", f"{FEISHU}/"),
        ("wecom", WECOM.replace("https://qyapi", "HTTPS://QYAPI")),
        ("webhook", "https://Localhost:443/hook?room=7"),
    ],
)
def test_one_robot_in_two_spellings_is_one(world: World, robots: RobotHost, kind: str, spelt: str) -> None:
    """Each spelling was an address of its own, and the group was told twice."""
    plain = {**ADDRESSES, "webhook": "https://localhost/hook?room=7"}[kind]
    assert added(world, kind, spelt)["address"] == plain
    again = world.bob.client.post("me/channels", {"kind": kind, "address": plain})
    assert (again.status_code, again.data["code"]) == (409, "channel_exists")
    assert world.ben.client.post("me/channels", {"kind": kind, "address": plain}).data["address"] == plain


def test_what_is_for_one_of_them_alone_still_arrives(world: World, robots: RobotHost) -> None:
    handled_by_robot(world, "bob", "ben")
    ticket_id = file_ticket(world, routed=True)
    work(TOLD)
    world.bob.client.act(ticket_id, "assign", assignee=str(world.ben.person.id))
    work(TOLD, "notice.deliver")
    (post,) = robots.posts
    text = post.document["content"]["text"]
    assert text.count("A new report is with your office.") == 1
    assert text.count("A ticket has been assigned to you.") == 1


def test_a_shared_robot_that_fails_lets_each_of_them_be_passed_on(world: World, robots: RobotHost) -> None:
    handled_by_robot(world, "bob", "ben")
    robots.answers["open.feishu.cn"] = (
        200,
        {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"},
    )
    file_ticket(world, routed=True)
    work(TOLD, "notice.deliver")
    assert set(Delivery.objects.values_list("status", flat=True)) == {"failed"}
    work("notice.unreached")
    assert Notice.objects.filter(person=world.vera.person, kind="route").exists()


@pytest.mark.parametrize("answer", [b"[" * 4000, b"1" * 4000, b"\xff", b"[]"])
def test_a_robot_that_answers_nonsense_has_not_taken_it(world: World, robots: RobotHost, answer: bytes) -> None:
    robots.answers["open.feishu.cn"] = (200, answer)
    added(world, "feishu", FEISHU)
    work("channel.code")
    (channel,) = [row for row in world.bob.client.get("me/channels").data["items"] if row["kind"] == "feishu"]
    assert "The answer is not one of a robot." in channel["problem"]


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_a_robot_with_signatures_takes_what_is_signed(world: World, robots: RobotHost, kind: str) -> None:
    robots.secrets[HOSTS[kind]] = SECRET
    body = {"kind": kind, "address": ADDRESSES[kind], "secret": SECRET}
    assert world.bob.client.post("me/channels", body).status_code == 201
    work("channel.code")
    assert len(robots.posts) == 1
    (channel,) = [row for row in world.bob.client.get("me/channels").data["items"] if row["kind"] == kind]
    assert channel["problem"] == ""


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_the_page_and_the_api_show_why_a_robot_refused_the_code(
    world: World, robots: RobotHost, signed_in: SignIn, kind: str
) -> None:
    robots.secrets[HOSTS[kind]] = SECRET
    added(world, kind, ADDRESSES[kind])
    work("channel.code")
    reason = {"dingtalk": "310000: sign not match", "feishu": "19021: sign match fail"}[kind]
    (channel,) = [row for row in world.bob.client.get("me/channels").data["items"] if row["kind"] == kind]
    assert channel["problem"].startswith(reason)
    assert reason in signed_in(world.bob).get("/settings/channels").content.decode()
    robots.secrets.clear()
    OutboxMessage.objects.filter(done_at=None).update(held_until=None)
    work("channel.code")
    assert reason not in signed_in(world.bob).get("/settings/channels").content.decode()


def test_the_page_shows_why_a_verified_robot_took_no_message(
    world: World, robots: RobotHost, signed_in: SignIn
) -> None:
    channel_for(world.bob, "feishu", FEISHU, world.now)
    robots.keywords["open.feishu.cn"] = "school"
    file_ticket(world, routed=True)
    work(TOLD, "notice.deliver")
    assert "19024: Key Words Not Found" in signed_in(world.bob).get("/settings/channels").content.decode()


@pytest.mark.parametrize(
    ("kind", "address", "secret"), [("email", "bob2@school.example", SECRET), ("feishu", FEISHU, "no!")]
)
def test_a_secret_that_fits_no_robot_is_refused(world: World, kind: str, address: str, secret: str) -> None:
    refused = world.bob.client.post("me/channels", {"kind": kind, "address": address, "secret": secret})
    assert (refused.status_code, refused.data["code"]) == (400, "secret_wrong")


def test_a_robot_is_added_with_its_secret_on_the_page(world: World, robots: RobotHost, signed_in: SignIn) -> None:
    robots.secrets["open.feishu.cn"] = SECRET
    sent = {"kind": "feishu", "address": FEISHU, "secret": SECRET}
    assert signed_in(world.bob).post("/settings/channels", sent).status_code == 302
    work("channel.code")
    assert len(robots.posts) == 1


@pytest.mark.parametrize("language", BRANDS)
@pytest.mark.parametrize("kind", HOSTS)
def test_a_robot_with_the_brand_as_its_keyword_takes_the_code_and_what_follows(
    world: World, robots: RobotHost, language: str, kind: str
) -> None:
    world.bob.user.language = language
    world.bob.user.save()
    robots.keywords[HOSTS[kind]] = BRANDS[language]
    channel = added(world, kind, ADDRESSES[kind])
    work("channel.code")
    ContactChannel.objects.filter(id=channel["id"]).update(verified_at=world.now)
    file_ticket(world, routed=True)
    work(TOLD, "notice.deliver")
    for _number in range(2):
        file_ticket(world, routed=True)
    work(TOLD)
    time_passes()
    work("notice.deliver")
    assert len(robots.posts) == 3


@pytest.mark.parametrize("kind", HOSTS)
def test_a_robot_with_the_brand_as_its_keyword_goes_on_when_the_language_changes(
    world: World, robots: RobotHost, kind: str
) -> None:
    """Set up in one language, it refused everything from the day on which its reader chose the other."""
    for before, after in (("zh-hans", "en"), ("en", "zh-hans")):
        handled_by_robot(world, "bob", kind=kind)
        world.bob.user.language = after
        world.bob.user.save()
        robots.keywords[HOSTS[kind]] = BRANDS[before]
        file_ticket(world, routed=True)
        work(TOLD)
        time_passes()
        work("notice.deliver")
        assert set(Delivery.objects.filter(channel_kind=kind).values_list("status", flat=True)) == {"sent"}
    assert len(robots.posts) == 2


@pytest.mark.parametrize("language", BRANDS)
@pytest.mark.parametrize("category", ["F02", STRICT])
def test_every_kind_of_message_begins_with_the_brand(world: World, language: str, category: str) -> None:
    ticket_id = file_ticket(world, category=category, routed=True)
    reader = world.alice if category == STRICT else world.bob
    reader.user.language = language
    drafts: list[tuple[str, UUID, str, dict[str, Any]]]
    drafts = [(SubjectKind.TICKET, ticket_id, kind, {}) for kind in {*TO_STAFF, *TO_REPORTER}]
    drafts += [(SubjectKind.SCHOOL, world.school.id, "rulebook.checked", {"findings": 1, "warnings": 2})]
    power = {"what": Power.POST, "stage": "done", "by": "Ada", "role": "principal", "whom": "Bob"}
    drafts += [(SubjectKind.PERSON, reader.person.id, "people.power_changed", power)]
    reader.person.user = reader.user
    seen = 0
    for subject_kind, subject_id, kind, params in drafts:
        notice = Notice(
            person=reader.person, subject_kind=subject_kind, subject_id=subject_id, kind=kind, params=params
        )
        words = words_of(notices=[notice])
        if words:
            message = message_for(batch=[Delivery(notice=notice, channel_kind="wecom")], words=words)
            assert message.subject.startswith(BRANDS[language]), message.subject
            assert not any(brand in message.subject for name, brand in BRANDS.items() if name != language)
            seen += 1
    assert seen > len(drafts) / 5
    assert Ticket.objects.filter(id=ticket_id).exists()


@pytest.mark.parametrize("language", BRANDS)
@pytest.mark.parametrize("what", [Power.ADDRESS, Power.ADDRESS_REMOVED])
def test_a_message_about_an_address_begins_with_the_brand(
    world: World, robots: RobotHost, language: str, what: Power
) -> None:
    world.bob.user.language = language
    world.bob.user.save()
    channel = ContactChannel.objects.create(person=world.bob.person, kind="wecom", address=WECOM)
    addresses_tell(channels=[channel], what=what, now=world.now)
    robots.keywords["qyapi.weixin.qq.com"] = BRANDS[language]
    send_to_address()
    assert len(robots.posts) == 1


def test_both_languages_have_one_word_for_the_product() -> None:
    for language, brand in BRANDS.items():
        with translation.override(language):
            assert translation.gettext("Allclear") == brand


def test_an_address_with_a_secret_in_it_is_taken_as_before(world: World) -> None:
    found: dict[str, Any] = added(world, "dingtalk", DINGTALK)
    assert found["address"] == DINGTALK
