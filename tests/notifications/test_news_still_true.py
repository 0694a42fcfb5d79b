"""News about people and duty are looked at again when they go out late: what is over asks nobody for anything."""

from datetime import timedelta

import pytest

from backend.common.clock import database_now
from backend.duty.models import DutyShift, DutySlot
from backend.duty.services import rosters_check
from backend.notifications.models import Delivery
from backend.notifications.tasks import deliver, tell_duty, tell_news, tell_unmanned
from backend.organisation.models import ContactChannel
from backend.organisation.services.entered_addresses import addresses_enter
from backend.rulebook.models import RulebookCheck
from backend.rulebook.services import rulebook_check_record
from tests.notifications.hands import time_passes
from tests.notifications.peers import MailServer
from tests.organisation import powers
from tests.organisation.test_rosters import planned, send
from tests.world import World

BUSY = "451 try again"


def texts(post: MailServer, name: str) -> str:
    """Return everything one member of the cast was mailed."""
    return "\n".join(mail.get_content() for mail in post.to(name))


@pytest.fixture
def busy(world: World, post: MailServer) -> MailServer:
    """A mail server that takes nothing for the first time."""
    post.refuse.update({f"{name}@school.example": BUSY for name in world.members})
    return post


def tried_again(post: MailServer) -> None:
    """Let the mail server take what it refused before."""
    assert Delivery.objects.filter(status="waiting", attempts=1).exists()
    post.refuse.clear()
    time_passes()
    deliver()


@pytest.mark.parametrize("is_decided", [False, True])
def test_nobody_is_asked_to_confirm_what_was_decided_meanwhile(
    world: World, busy: MailServer, is_decided: bool
) -> None:
    """The mail of yesterday asked for a second person although one had refused it."""
    pending = powers.asked(world, powers.in_use(world), world.bob.person)
    powers.work()
    if is_decided:
        assert world.erin.client.post(f"power-changes/{pending.id}/refuse").status_code == 200
    tried_again(busy)
    assert ("a second person has to confirm it" in texts(busy, "dan")) is not is_decided


@pytest.mark.parametrize("becomes", ["", "moved", "withdrawn"])
def test_a_duty_that_is_another_by_now_is_not_told_as_it_was(world: World, busy: MailServer, becomes: str) -> None:
    shift = planned(world)
    tell_duty()
    deliver()
    path, later = f"rosters/{shift['id']}", (world.now + timedelta(hours=10)).isoformat()
    if becomes == "moved":
        assert send(world.cleo, "patch", path, {"ends_at": later}, 1).status_code == 200
    elif becomes == "withdrawn":
        assert send(world.cleo, "delete", path, match=1).status_code == 204
    tried_again(busy)
    assert texts(busy, "alice")[:15] == ("" if becomes else "You are on duty")
    tell_duty()
    time_passes()
    deliver()
    said = {"moved": "Your duty has moved", "withdrawn": "Your duty does not take place"}
    assert said.get(becomes, "") in texts(busy, "alice")


@pytest.mark.parametrize("is_filled", [False, True])
def test_a_shift_that_somebody_serves_in_again_raises_no_alarm(world: World, busy: MailServer, is_filled: bool) -> None:
    shift = planned(world)
    DutySlot.objects.all().delete()
    rosters_check(now=database_now())
    tell_unmanned()
    deliver()
    if is_filled:
        DutySlot.objects.create(shift=DutyShift.objects.get(id=shift["id"]), person=world.vera.person, part="leader")
    tried_again(busy)
    assert ("Nobody serves" in texts(busy, "cleo")) is not is_filled


@pytest.mark.parametrize("is_mended", [False, True])
def test_a_hole_that_was_filled_before_the_morning_is_not_told(world: World, busy: MailServer, is_mended: bool) -> None:
    ContactChannel.objects.filter(person=world.erin.person).update(verified_at=None)
    assert rulebook_check_record(school=world.school, now=database_now()).findings
    tell_news()
    if is_mended:
        RulebookCheck.objects.update(findings=[])
    busy.refuse.clear()
    time_passes()
    deliver()
    assert ("nobody could be reached" in texts(busy, "cleo")) is not is_mended


@pytest.mark.parametrize("how", ["", "confirmed", "left"])
def test_an_address_that_does_not_wait_for_its_owner_hears_nothing_of_it(
    world: World, post: MailServer, how: str
) -> None:
    channel = ContactChannel(person=world.bob.person, address="new@school.example")
    addresses_enter(by=None, channels=[channel], now=database_now())
    mine = ContactChannel.objects.filter(address=channel.address)
    if how == "confirmed":
        mine.update(verified_at=database_now())
    elif how == "left":
        world.bob.person.appointments.update(ends_at=database_now())
    powers.work()
    assert ("It is not used yet" in texts(post, "new")) == (not how)
