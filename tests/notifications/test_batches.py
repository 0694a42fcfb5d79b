"""Events that come together are stored, claimed and sent together, and one trouble stays with its one."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.common.outbox import OutboxDraft, outbox_add
from backend.common.retrying import MOST_TRIES
from backend.notifications.due import deliveries_due
from backend.notifications.models import Delivery, Notice
from backend.notifications.services import deliveries_send
from backend.notifications.tasks import deliver, tell
from backend.organisation.roles import Role
from tests.notifications.hands import at_security, channel_for
from tests.world import World, member_add

pytestmark = pytest.mark.django_db
TOLD = "ticket.changed:notices"
SIX = ("bob", "ben", "hal", "dan", "cleo", "vera")


@pytest.fixture(autouse=True)
def post_office(settings: Any, tmp_path: Path) -> Path:
    """Mail as in the demonstration: a folder for each address."""
    settings.EMAIL_BACKEND = "backend.notifications.mail.FolderBackend"
    settings.MAIL_DIRECTORY = str(tmp_path)
    return tmp_path


def told(world: World, ticket_id: UUID, *names: str, count: int = 1, kind: str = "comment") -> None:
    """Let people be told so many times of a ticket."""
    people = [str(world.members[name].person.id) for name in names]
    payloads = [{"ticket": str(ticket_id), "event": str(uuid4()), "kind": kind, "people": people} for _ in range(count)]
    drafts = [OutboxDraft(TOLD, f"told:{payload['event']}", payload) for payload in payloads]
    outbox_add(drafts=drafts, now=database_now())


def statements(task: Any) -> int:
    """Return how many statements a task sends."""
    with CaptureQueriesContext(connection) as captured:
        task()
    return len(captured)


def test_forty_events_for_six_people_cost_as_many_statements_as_one_for_one(world: World) -> None:
    member_add(world, "hal", [(Role.HANDLER, "security", False)], site=world.home)
    ticket_id = at_security(world)
    told(world, ticket_id, "bob")
    one = statements(tell), statements(deliver)
    told(world, ticket_id, *SIX, count=40)
    many = statements(tell), statements(deliver)
    assert Notice.objects.count() == 241
    assert many[0] == one[0] <= 8
    assert many[1] == one[1] <= 9
    assert Delivery.objects.filter(status="sent").values("message_id").distinct().count() == 6


def test_an_event_that_cannot_be_told_stops_no_other(world: World) -> None:
    ticket_id = at_security(world)
    told(world, ticket_id, "bob", count=3)
    told(world, uuid4(), "bob")
    told(world, ticket_id, "ben", count=3)
    tell()
    assert Notice.objects.count() == 6
    (left,) = OutboxMessage.objects.filter(topic=TOLD, done_at=None)
    assert (left.attempts, left.last_error[:8]) == (1, "KeyError")


def test_a_channel_that_rests_is_woken_once_for_all_that_waits(world: World, post_office: Path) -> None:
    ticket_id = at_security(world)
    told(world, ticket_id, "bob")
    tell()
    deliver()
    sent_at = Delivery.objects.get(status="sent").sent_at
    assert sent_at is not None
    told(world, ticket_id, "bob", count=30)
    tell()
    deliver()
    waiting = Delivery.objects.filter(status="waiting")
    assert set(waiting.values_list("attempts", "next_attempt_at")) == {(0, sent_at + timedelta(seconds=30))}
    assert deliveries_due() == sent_at + timedelta(seconds=30)
    assert deliveries_send(now=sent_at + timedelta(seconds=29)) == 0
    assert deliveries_send(now=sent_at + timedelta(seconds=30)) == 1
    assert len(list(post_office.rglob("*.eml"))) == 2


def test_an_urgent_message_takes_along_what_waits_for_the_rest(world: World) -> None:
    ticket_id, urgent = at_security(world), at_security(world, "F01")
    told(world, ticket_id, "bob")
    tell()
    deliver()
    sent_at = Delivery.objects.get(status="sent").sent_at
    assert sent_at is not None
    told(world, ticket_id, "bob", count=2)
    told(world, urgent, "bob")
    tell()
    assert deliveries_due() == sent_at + timedelta(seconds=5)
    assert deliveries_send(now=sent_at + timedelta(seconds=5)) == 1
    assert not Delivery.objects.filter(status="waiting").exists()


def test_a_message_nobody_heard_of_for_three_days_goes_by_the_next_channel(world: World, post_office: Path) -> None:
    told(world, at_security(world), "bob")
    tell()
    channel_for(world.bob, "email", "bob.home@school.example", world.now)
    Delivery.objects.update(attempts=MOST_TRIES, message_id=uuid4())
    deliver()
    deliver()
    assert set(Delivery.objects.values_list("status", "attempts")) == {("failed", MOST_TRIES + 1), ("sent", 1)}
    assert [path.parent.name for path in post_office.rglob("*.eml")] == ["bob.home@school.example"]


def test_what_was_due_by_a_channel_that_is_gone_goes_by_the_next(world: World, post_office: Path) -> None:
    told(world, at_security(world), "bob")
    channel_for(world.bob, "email", "bob.home@school.example", world.now)
    world.bob.person.channels.exclude(address="bob@school.example").update(verified_at=None)
    tell()
    world.bob.person.channels.filter(address="bob@school.example").delete()
    world.bob.person.channels.update(verified_at=world.now)
    deliver()
    deliver()
    assert [path.parent.name for path in post_office.rglob("*.eml")] == ["bob.home@school.example"]
