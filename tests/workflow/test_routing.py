"""Routing: by a real worker soon after filing; without any worker a ticket still has an owner and still escalates."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import pytest
import redis
from django.conf import settings

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.common.publishing import BROKER_CIRCUIT, WAKE_UPS
from backend.common.relay import Relay, queues_due
from backend.notifications.models import Delivery
from backend.organisation.roles import Role
from backend.workflow.models import Ticket
from backend.workflow.services import tickets_route
from tests.common.conftest import wait_for
from tests.patience import within
from tests.workflow.steps import CLOSER, HOUR, OPEN, STRICT, TOLD, escalations, file_ticket, fire_after
from tests.world import World, member_add


@pytest.fixture(autouse=True)
def empty_broker() -> Iterator[redis.Redis]:
    """The real broker, with nothing waiting in it."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.flushdb()
    BROKER_CIRCUIT.reset()
    yield client
    client.flushdb()
    client.close()


def is_done() -> bool:
    """Say whether everything that waits in the outbox for a worker alone, and to be sent, has been carried out."""
    return is_carried_out() and not Delivery.objects.filter(next_attempt_at__isnull=False).exists()


def is_carried_out() -> bool:
    """Say whether everything in the outbox that waits for a worker alone has been carried out."""
    messages = OutboxMessage.objects.filter(done_at__isnull=True).exclude(topic__in=settings.OUTBOX_UNHURRIED)
    return not messages.exists()


def mails(tmp_path: Path) -> dict[str, list[str]]:
    """Return the mails written for each member of the cast: subject and text."""
    found: dict[str, list[str]] = {}
    for file in (tmp_path / "mail").glob("*/*.eml"):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body()
        assert body is not None
        found.setdefault(file.parent.name.split("@")[0], []).append(f"{message['Subject']}\n{body.get_content()}")
    return found


@pytest.mark.usefixtures("worker")
def test_a_worker_routes_what_is_filed_and_tells_the_office(committed_world: World, tmp_path: Path) -> None:
    world = committed_world
    filed_at = database_now()
    ticket_id = file_ticket(world)
    wait_for(is_done)
    ticket = Ticket.objects.get(id=ticket_id)
    assert (ticket.state, ticket.owner.code) == ("routed", "security")
    routed = ticket.events.get(kind="route")
    assert within((routed.at - filed_at).total_seconds(), 5)
    for name, member in world.members.items():
        notices = member.client.get("notices").data["items"]
        expected = [("route", ticket_id)] if name in {"bob", "ben"} else []
        assert [(notice["kind"], notice["ticket"]) for notice in notices] == expected, name
    written = mails(tmp_path)
    assert written.keys() == {"bob", "ben"}
    (text,) = written["bob"]
    assert ticket.reference in text
    assert f"/tickets/{ticket_id}" in text
    assert "二楼安全出口" not in text


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(("category", "told"), [(STRICT, {"erin"}), (CLOSER, {"sam"})])
def test_confidential_news_says_only_that_something_waits(
    committed_world: World, tmp_path: Path, category: str, told: set[str]
) -> None:
    member_add(committed_world, "sam", [(Role.OFFICE_HEAD, "student-affairs", False)], site=committed_world.home)
    ticket_id = file_ticket(committed_world, category=category)
    # A second message to somebody rests for a while after the first, as what has to be told outside does.
    wait_for(lambda: is_carried_out() and Delivery.objects.filter(status=Delivery.Status.SENT).count() >= len(told))
    reference = Ticket.objects.get(id=ticket_id).reference
    written = mails(tmp_path)
    assert written.keys() == told
    for text in (text for texts in written.values() for text in texts):
        assert "something waits" in text
        assert not any(word in text for word in (reference, category, "Bullying", "Fight", "Stairwell"))


def test_without_any_worker_a_ticket_is_owned_escalates_and_is_routed_later(
    committed_world: World, empty_broker: redis.Redis, request: pytest.FixtureRequest
) -> None:
    world = committed_world
    ticket_id = file_ticket(world)
    ticket = Ticket.objects.get(id=ticket_id)
    assert (ticket.state, ticket.owner.code) == ("received", "safety-office")
    assert fire_after(ticket_id, HOUR).level == 2
    assert [body["reached"] for body in escalations(ticket_id)] == [
        [str(world.cleo.person.id)],
        [str(world.vera.person.id)],
    ]
    WAKE_UPS.reset()  # nor does a wake-up that waits in this process come later
    empty_broker.flushdb()

    request.getfixturevalue("worker")
    assert Ticket.objects.get(id=ticket_id).state == "received"
    later = database_now() + 2 * HOUR
    assert queues_due(now=later).keys() == {"workflow.route", "notifications.tell", "todos.look", "integrations.feed"}
    assert Relay().wake_due(now=later) == 4
    wait_for(is_done)
    ticket = Ticket.objects.get(id=ticket_id)
    assert (ticket.state, ticket.owner.code, ticket.level) == ("routed", "security", 2)
    assert world.vera.client.get("notices").data["items"][0]["kind"] == "escalated"


@pytest.mark.parametrize(
    ("category", "owner"), [(OPEN, "safety-office"), (CLOSER, "safety-office"), (STRICT, "student-protection")]
)
def test_from_its_first_instant_a_ticket_is_somebodys(world: World, category: str, owner: str) -> None:
    assert Ticket.objects.get(id=file_ticket(world, category=category)).owner.code == owner


def test_a_category_without_an_office_stays_at_intake_which_is_told(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.home.units["security"].code = "security-of-old"
    world.home.units["security"].save()
    ticket = Ticket.objects.get(id=file_ticket(world, routed=True))
    assert (ticket.state, ticket.owner.code) == ("routed", "safety-office")
    assert told_after_routing(ticket.id) == {str(world.cleo.person.id)}
    assert "no office" in caplog.text


def test_what_was_acknowledged_before_it_was_routed_goes_to_its_office_once(world: World) -> None:
    ticket_id = file_ticket(world)
    assert world.cleo.client.act(ticket_id, "acknowledge").status_code == 200
    tickets_route(ticket_ids=[ticket_id], now=database_now())
    tickets_route(ticket_ids=[ticket_id], now=database_now())
    ticket = Ticket.objects.get(id=ticket_id)
    assert (ticket.state, ticket.owner.code, ticket.assignee) == ("acknowledged", "security", None)
    assert told_after_routing(ticket_id) == {str(world.bob.person.id), str(world.ben.person.id)}
    assert world.bob.client.act(ticket_id, "record-interim-control", note="Closed off.").status_code == 200
    assert world.bob.client.act(ticket_id, "start").status_code == 200


def test_what_is_over_before_it_was_routed_stays_as_it_is(world: World) -> None:
    ticket_id = file_ticket(world)
    report = world.alice.client.get("reports").data["items"][0]["id"]
    assert world.alice.client.post(f"reports/{report}/withdraw").status_code == 200
    tickets_route(ticket_ids=[ticket_id], now=database_now())
    ticket = Ticket.objects.get(id=ticket_id)
    assert (ticket.state, ticket.owner.code) == ("closed", "safety-office")


def test_people_the_report_concerns_are_not_told_and_others_stand_in(world: World) -> None:
    concerned = [str(world.bob.person.id), str(world.ben.person.id)]
    ticket_id = file_ticket(world, routed=True, persons_concerned=concerned)
    assert told_after_routing(ticket_id) == {str(world.vera.person.id)}


def told_after_routing(ticket_id: UUID) -> set[str]:
    """Return the people an outbox row announces the routing to."""
    message = OutboxMessage.objects.get(topic=TOLD, payload__ticket=str(ticket_id), payload__kind="route")
    return set(message.payload["people"])
