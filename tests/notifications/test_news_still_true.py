"""News about people and duty are looked at again when they go out late: what is over asks nobody for anything."""

import ast
import inspect
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from backend.common.clock import database_now
from backend.duty.models import DutyShift, DutySlot
from backend.duty.services import rosters_check
from backend.insights.models import Export
from backend.insights.tasks import export as make_exports
from backend.notary.services.telling import breaks_tell
from backend.notifications.models import Delivery
from backend.notifications.news_standing import HOLDS
from backend.notifications.sentences import ROUND_UNANSWERED
from backend.notifications.tasks import deliver, tell_duty, tell_exports, tell_ledger, tell_news, tell_unmanned
from backend.organisation.models import ContactChannel
from backend.organisation.roles import Role
from backend.organisation.services.entered_addresses import addresses_enter
from backend.rulebook.models import RulebookCheck
from backend.rulebook.services import rulebook_check_record
from tests.notary.test_telling import found
from tests.notifications.hands import only_staff, time_passes
from tests.notifications.peers import MailServer
from tests.organisation import powers
from tests.organisation.test_rosters import planned, send
from tests.world import World, appoint

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


def test_of_every_kind_of_news_it_is_decided_whether_it_still_holds() -> None:
    """A new topic that makes notices has to say who looks at them again when they go out late."""
    told = {topic for topic, task in settings.OUTBOX_TASKS.items() if task.startswith("notifications.tell_")}
    assert told == {*HOLDS, *settings.NEWS_STANDING, ROUND_UNANSWERED}


@pytest.mark.parametrize("kind", settings.NEWS_STANDING)
def test_every_kind_of_news_of_a_room_is_asked_who_would_read_it(kind: str) -> None:
    """A room that looks only whether the thing is still so tells whoever left the post, too."""
    standing = import_string(settings.NEWS_STANDING[kind])
    used = [node.id for node in ast.walk(ast.parse(inspect.getsource(standing))) if isinstance(node, ast.Name)]
    assert "readers" in used


@pytest.mark.parametrize("gone", ["", "file", "power", "sight", "account"])
def test_a_file_that_cannot_be_opened_is_not_announced(world: World, busy: MailServer, gone: str) -> None:
    """The mail about a file was sent for three days, to whoever could not open it any more and when it was gone."""
    asked = world.carol.client.post("insights/exports", {"kind": "tickets", "format": "csv", "language": "en"})
    assert asked.status_code == 202
    make_exports()
    tell_exports()
    deliver()
    file = Export.objects.filter(id=UUID(asked.data["id"]))
    if gone == "file":
        file.delete()
    elif gone == "power":
        only_staff(world, world.carol.person)
    elif gone == "sight":
        file.update(extent=["school", [], []])
    elif gone == "account":
        world.carol.user.is_active = False
        world.carol.user.save()
    tried_again(busy)
    assert ("The file you asked for is ready" in texts(busy, "carol")) is not bool(gone)


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


@pytest.mark.parametrize("kind", ["duty", "rulebook", "powers", "ledger"])
def test_whoever_answers_for_it_no_more_hears_nothing_late(world: World, busy: MailServer, kind: str) -> None:
    """What a coordinator or a principal was to hear went out days after they held that post."""
    asked, gone = "a second person has to confirm", "The record of reports was changed"
    reader, words = {"powers": (world.dan, asked), "ledger": (world.dan, gone)}.get(kind, (world.cleo, "obody "))
    if kind == "duty":
        planned(world)
        DutySlot.objects.all().delete()
        rosters_check(now=database_now())
        tell_unmanned()
    elif kind == "rulebook":
        ContactChannel.objects.filter(person=world.erin.person).update(verified_at=None)
        assert rulebook_check_record(school=world.school, now=database_now()).findings
        tell_news()
        Delivery.objects.update(rings_at=world.now, next_attempt_at=world.now)
    elif kind == "ledger":
        found("event 1 was changed")
        breaks_tell(now=database_now())
        tell_ledger()
    else:
        powers.asked(world, powers.in_use(world), world.bob.person)
        powers.work()
    deliver()
    only_staff(world, reader.person)
    tried_again(busy)
    assert words not in texts(busy, reader.person.staff_number)


@pytest.mark.parametrize("has_left", [False, True])
def test_a_message_of_several_things_leaves_out_what_is_not_its_readers_any_more(
    world: World, post: MailServer, has_left: bool
) -> None:
    appoint(world.alice.person, Role.PRINCIPAL, None, world.now - timedelta(hours=1))
    planned(world)
    tell_duty()
    found("event 1 was changed")
    breaks_tell(now=database_now())
    tell_ledger()
    if has_left:
        only_staff(world, world.alice.person)
    deliver()
    said = texts(post, "alice")
    assert ("You are on duty" in said, "The record of reports was changed" in said) == (True, not has_left)


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
