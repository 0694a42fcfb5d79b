"""Doors that send something to an address: how often is bounded by person and by address, whoever asks and however."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from backend.common.models import OutboxMessage
from backend.organisation.models import ContactChannel, Person
from backend.organisation.roles import Role
from backend.organisation.services import channel_add, channel_code_send, channel_remove
from backend.organisation.services.channels import CodesTooMany
from backend.organisation.services.entered_addresses import address_remove, addresses_enter
from backend.portal.tasks import send_password_reset
from tests.world import PASSWORD, Member, World, member_add

STRANGER = "stranger@elsewhere.example"
CHANNELS = "me/channels"


@pytest.fixture
def ada(world: World) -> Member:
    return member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)


def codes() -> int:
    return OutboxMessage.objects.filter(topic="channel.code").count()


def add_and_remove(member: Member, address: str) -> Any:
    """Add a channel over the API and remove it again; return the answer to the first."""
    added = member.client.post(CHANNELS, {"kind": "email", "address": address})
    if added.status_code == 201:
        assert member.client.http.delete(f"/api/v1/{CHANNELS}/{added.data['id']}").status_code == 204
    return added


def test_adding_and_removing_an_address_twelve_times_mails_a_stranger_three_codes(world: World) -> None:
    answers = [add_and_remove(world.bob, STRANGER) for _try in range(12)]
    assert [answer.status_code for answer in answers] == [201] * 3 + [429] * 9
    assert answers[-1].data["code"] == "too_many_codes"
    assert 590 <= int(answers[-1].headers["Retry-After"]) <= 600
    assert codes() == 3


def test_several_people_and_other_spellings_mail_the_stranger_one_code_more_each(world: World) -> None:
    """A colleague used up the three codes of an address; its owner, who had not entered it yet, could not any more."""
    spellings = [STRANGER, STRANGER.upper(), STRANGER.title()]
    people = [world.alice, world.bob, world.carol]
    answers = [add_and_remove(one, text).status_code for one in people for text in spellings]
    assert answers == [201] * 3 + [201, 429, 429] * 2


def test_a_robot_is_one_whatever_is_typed_as_its_secret(world: World) -> None:
    """Each secret made another address of it, and every colleague could post eight codes to a strangers' group."""
    robot = {"kind": "dingtalk", "address": f"https://oapi.dingtalk.com/robot/send?access_token={'a' * 32}"}
    answers = []
    for number in range(6):
        answer = world.members[("alice", "bob")[number % 2]].client.post(
            "me/channels", {**robot, "secret": f"SEC{number:013}"}
        )
        answers.append(answer.status_code)
    assert (answers, codes()) == ([201] * 4 + [429] * 2, 4)


def test_one_person_mails_no_crowd_of_strangers(world: World) -> None:
    answers = [add_and_remove(world.bob, f"stranger{number}@elsewhere.example") for number in range(12)]
    assert [answer.status_code for answer in answers] == [201] * 8 + [429] * 4
    assert add_and_remove(world.alice, "alice.new@school.example").status_code == 201


def test_waits_grow_and_neither_removing_nor_asking_again_evades_them(world: World) -> None:
    now, bob = world.now, world.bob.actor

    def once() -> None:
        channel = channel_add(actor=bob, kind="email", address=STRANGER, now=now)
        channel_remove(actor=bob, channel_id=channel.id, now=now)

    once()
    once()
    for minutes in (10, 20, 40):
        once()
        now += timedelta(minutes=minutes, seconds=-1)
        with pytest.raises(CodesTooMany):
            once()
        now += timedelta(seconds=1)
    channel = channel_add(actor=world.bob.actor, kind="email", address=STRANGER, now=now + timedelta(hours=2))
    with pytest.raises(CodesTooMany):
        channel_code_send(actor=world.bob.actor, channel_id=channel.id, now=now + timedelta(hours=2, minutes=3))


def test_an_address_entered_by_others_again_and_again_hears_of_it_once(world: World, ada: Member) -> None:
    for _try in range(6):
        row = ContactChannel(person=world.alice.person, address=STRANGER)
        addresses_enter(by=ada.actor, channels=[row], now=world.now)
        address_remove(by=ada.actor, channel_id=ContactChannel.objects.get(address=STRANGER).id, now=world.now)
    assert OutboxMessage.objects.filter(topic="people.address_changed").count() == 1


def test_inviting_somebody_again_with_the_address_entered_anew_is_bounded(world: World, ada: Member) -> None:
    nina = Person.objects.create(school=world.school, name="Nina", staff_number="nina")
    answers = []
    for _try in range(5):
        channel = ContactChannel.objects.create(person=nina, address=STRANGER)
        answers.append(ada.client.post(f"people/{nina.id}/invite").status_code)
        channel.delete()
    assert answers == [202] * 3 + [429] * 2
    assert OutboxMessage.objects.filter(topic="person.invited").count() == 1


def test_links_to_a_new_password_are_bounded_by_account_whatever_is_typed(world: World, tmp_path: Path) -> None:
    for number in range(3):
        address = f"alice{number}@school.example"
        ContactChannel.objects.create(person=world.alice.person, address=address, verified_at=world.now)
    asked = ["alice", "alice@school.example", *(f"alice{number}@school.example" for number in range(3))]
    for text in asked * 5:
        assert Client().post("/password/forgotten", {"asked": text}, REMOTE_ADDR="192.0.2.1").status_code == 200
    with override_settings(
        EMAIL_BACKEND="backend.notifications.mail.FolderBackend", MAIL_DIRECTORY=str(tmp_path / "mail")
    ):
        send_password_reset()
    box = tmp_path / "mail" / "alice@school.example"
    assert len(list(box.glob("*.eml"))) == 8
    desk = Client()
    assert desk.post("/sign-in", {"username": "alice", "password": PASSWORD}).status_code == 302
    assert desk.post("/password/forgotten", {"asked": "alice"}, REMOTE_ADDR="192.0.2.3").status_code == 200
    with override_settings(
        EMAIL_BACKEND="backend.notifications.mail.FolderBackend", MAIL_DIRECTORY=str(tmp_path / "mail")
    ):
        send_password_reset()
    assert len(list(box.glob("*.eml"))) == 9, "strangers do not use up the mails of her own device"


def test_one_source_cannot_have_links_sent_to_everybody(world: World) -> None:
    """Nor keep whoever shares the school's address from asking at a device of theirs."""
    desk = Client()
    assert desk.post("/sign-in", {"username": "alice", "password": PASSWORD}).status_code == 302
    ask = [
        Client().post("/password/forgotten", {"asked": f"name{number}"}, REMOTE_ADDR="192.0.2.1").status_code
        for number in range(45)
    ]
    assert ask == [200] * 40 + [429] * 5
    assert Client().post("/password/forgotten", {"asked": "alice"}, REMOTE_ADDR="192.0.2.2").status_code == 200
    assert desk.post("/password/forgotten", {"asked": "alice"}, REMOTE_ADDR="192.0.2.1").status_code == 200
