"""The feed of events: nothing is missed, nobody is told of what they may not know, and a copy ends as the truth is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.integrations.models import FeedEntry
from backend.integrations.services.feeding import events_purge
from backend.integrations.tasks import feed
from backend.organisation.models import Appointment
from backend.organisation.roles import Role
from tests.common.conftest import wait_for
from tests.deadlines.conftest import other_connection
from tests.integrations.following import Mirror, listed, read_on, told
from tests.integrations.programs import administrator, program
from tests.integrations.test_service_accounts import code
from tests.patience import PATIENCE
from tests.roles import as_owner
from tests.workflow.steps import CLOSER, OPEN, STRICT, file_ticket
from tests.world import Client, World, member_add

COSTS = {"nothing": 2, "seen": 3, "hidden": 4}
"""The statements of an answer beside those that find out who asks: the clock and the events; whose tickets are seen;
what took the others away, of readers with an office in two statements."""


def seal(world: World, ticket_id: UUID, *, by: str = "bob", category: str = STRICT) -> None:
    """Let somebody make a ticket confidential."""
    assert world.members[by].client.act(ticket_id, "reclassify", note="A child.", category=category).status_code == 200


def hand_on(world: World, ticket_id: UUID) -> None:
    """Let Bob hand a ticket to Carol's office."""
    facilities: dict[str, Any] = {"office": str(world.home.units["facilities"].id)}
    for name, action, words in (("bob", "offer", facilities), ("carol", "accept-offer", {})):
        done = world.members[name].client.act(ticket_id, action, note="A door.", **words)
        assert done.status_code == 200, done.data


def test_it_tells_what_happened_in_order_once_and_thin(world: World) -> None:
    reader = program(world, "events.read")
    earlier = file_ticket(world, routed=True)
    nothing, cursor = read_on(reader)
    assert nothing == []
    ticket_id = file_ticket(world, routed=True)
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    assert world.bob.client.act(earlier, "comment", note="Secret words.").status_code == 200
    items, cursor = read_on(reader, cursor, page_size="2")
    assert told(items) == [
        ("ticket.opened", "opened", str(ticket_id)),
        ("ticket.changed", "route", str(ticket_id)),
        ("ticket.changed", "acknowledge", str(ticket_id)),
        ("ticket.changed", "comment", str(earlier)),
    ]
    assert set(items[0]) == {"id", "type", "kind", "at", "subject", "reference"}
    reference = world.bob.client.get(f"tickets/{ticket_id}").data["reference"]
    assert [item["reference"] for item in items[:3]] == [reference] * 3
    assert read_on(reader, cursor)[0] == []


def test_cloudevents_are_the_same_events(world: World) -> None:
    reader = program(world, "events.read")
    _nothing, cursor = read_on(reader)
    ticket_id = file_ticket(world)
    ((own, *_others), _cursor) = read_on(reader, cursor)
    answer = reader.http.get(
        "/api/v1/events", {"cursor": cursor}, headers={"Accept": "application/cloudevents-batch+json"}
    )
    assert answer.headers["Content-Type"] == "application/cloudevents-batch+json"
    (event,) = answer.json()
    assert event == {
        "specversion": "1.0",
        "id": own["id"],
        "source": event["source"],
        "type": "org.allclear.ticket.opened",
        "time": event["time"],
        "subject": str(ticket_id),
        "datacontenttype": "application/json",
        "data": {"kind": "opened", "reference": own["reference"]},
    }
    onward = answer.headers["Link"].split(">")[0].lstrip("<")
    assert reader.http.get(onward).data["items"] == []
    refused = reader.http.get("/api/v1/events?cursor=x", headers={"Accept": "application/cloudevents-batch+json"})
    assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/problem+json")


def test_everybody_is_told_what_the_policy_opens_to_them_and_a_tombstone_of_what_they_saw(world: World) -> None:
    administrator(world)
    one = program(world, "events.read", "tickets.read")
    readers: dict[str, Client] = {
        **{name: world.members[name].client for name in ("alice", "bob", "carol", "cleo", "dan", "erin", "mallory")},
        "program": one,
        "program for bob": one.for_("bob"),
        "program for dan": one.for_("dan"),
    }
    cursors = {name: read_on(reader)[1] for name, reader in readers.items()}
    seen, strict, closer = (file_ticket(world, routed=True, category=name) for name in (OPEN, STRICT, CLOSER))
    about_cleo = file_ticket(world, routed=True, persons_concerned=[str(world.cleo.person.id)])

    def now_told(*tickets: UUID) -> dict[str, dict[str, set[tuple[str, bool]]]]:
        found: dict[str, Any] = {}
        for name, reader in readers.items():
            items, cursors[name] = read_on(reader, cursors[name])
            found[name] = {
                str(ticket): {
                    (item["type"], item["reference"] is None) for item in items if item["subject"]["id"] == str(ticket)
                }
                for ticket in tickets
            }
        return found

    whole, changed = {("ticket.opened", False), ("ticket.changed", False)}, {("ticket.changed", True)}
    nothing: set[tuple[str, bool]] = set()
    by_name = {name: tuple(of.values()) for name, of in now_told(seen, strict, closer, about_cleo).items()}
    assert by_name == {
        "alice": (whole, nothing, changed, whole),
        "bob": (whole, nothing, nothing, whole),
        "carol": (nothing, nothing, nothing, nothing),
        "cleo": (whole, nothing, changed, nothing),
        "dan": (whole, changed, changed, whole),
        "erin": (nothing, changed, nothing, nothing),
        "mallory": (nothing, nothing, nothing, nothing),
        "program": (whole, nothing, nothing, whole),
        "program for bob": (whole, nothing, nothing, whole),
        "program for dan": (whole, nothing, nothing, whole),
    }
    hand_on(world, about_cleo)
    seal(world, seen)
    assert world.erin.client.act(strict, "comment", note="Secret.").status_code == 200
    gone = {("ticket.gone", True)}
    by_name = {name: tuple(of.values()) for name, of in now_told(seen, strict, about_cleo).items()}
    here = {("ticket.changed", False)}
    assert by_name == {
        "alice": (gone, nothing, here),
        "bob": (gone, nothing, gone),
        "carol": (nothing, nothing, here),
        "cleo": (gone, nothing, nothing),
        "dan": (changed, changed, here),
        "erin": (changed, changed, nothing),
        "mallory": (nothing, nothing, nothing),
        "program": (gone, nothing, here),
        "program for bob": (gone, nothing, gone),
        "program for dan": (gone, nothing, here),
    }
    # Later events of what is gone are no news of it.
    assert world.erin.client.act(seen, "comment", note="Secret.").status_code == 200
    assert {name for name, of in now_told(seen).items() if of[str(seen)]} == {"dan", "erin"}


def test_a_copy_ends_as_the_truth_is_and_keeps_nothing_that_was_sealed(world: World) -> None:
    one = program(world, "events.read", "tickets.read")
    tickets = [file_ticket(world, routed=True) for _number in range(4)]
    copies = {name: Mirror(one.for_(name)) for name in ("bob", "carol", "dan")} | {"": Mirror(one)}
    copies |= {"erin": Mirror(world.erin.client)}
    seal(world, tickets[0])
    copies["bob"].follow()
    hand_on(world, tickets[1])
    hand_on(world, tickets[2])
    copies["carol"].follow()
    seal(world, tickets[2], by="carol", category=CLOSER)
    seal(world, tickets[1], by="carol")
    later = file_ticket(world, routed=True)
    assert world.bob.client.act(later, "acknowledge").status_code == 200
    for name, copy in copies.items():
        assert name == "erin" or copy.tickets
        copy.follow()
        assert copy.tickets == listed(copy.reader), name
    assert set(copies[""].tickets) == {str(tickets[3]), str(later)}


def test_a_page_says_nothing_of_what_lies_between(world: World) -> None:
    """However small a page, nothing but what may be known is counted in it, and a cursor cannot be read."""
    reader = program(world, "events.read")
    _nothing, cursor = read_on(reader)
    first = file_ticket(world)
    for _number in range(3):
        file_ticket(world, category=STRICT)
    last = file_ticket(world)
    feed()
    found = []
    for left in (True, False):
        answer = reader.get("events", cursor=cursor, page_size="1").data
        found += [item["subject"]["id"] for item in answer["items"]]
        cursor = answer["cursor"]
        assert answer["is_more"] is left
    assert found == [str(first), str(last)]
    assert len({reader.get("events", cursor=cursor).data["cursor"] for _time in range(2)}) == 2


def test_whoever_holds_other_posts_begins_anew(world: World) -> None:
    lee = member_add(world, "lee", [(Role.HANDLER, "security", False)], site=world.home)
    one = program(world, "events.read")
    cursors = {reader: read_on(reader)[1] for reader in (lee.client, one, one.for_("lee"))}
    Appointment.objects.filter(person=lee.person).update(starts_at=database_now() - timedelta(hours=1))
    for reader, cursor in cursors.items():
        assert reader is one or code(reader.get("events", cursor=cursor)) == (410, "events_anew")
        assert code(world.bob.client.get("events", cursor=cursor)) == (410, "events_anew")
    assert read_on(one, cursors[one])[0] == []
    for wrong in ("x", "é", cursors[one][:-4], "a" * 120):
        assert code(one.get("events", cursor=wrong)) == (400, "invalid_cursor")


def test_a_cursor_ends_after_thirty_days_and_where_its_event_is_not_kept_any_more(world: World) -> None:
    reader = program(world, "events.read")
    file_ticket(world)
    _nothing, cursor = read_on(reader)
    file_ticket(world)
    feed()
    first, second = FeedEntry.objects.order_by("position")
    now = first.entered_at
    assert events_purge(now=now + timedelta(days=31)) == 0
    assert events_purge(now=now + timedelta(days=31, seconds=1)) == 1
    assert code(reader.get("events", cursor=cursor)) == (410, "events_anew")
    assert read_on(reader)[0] == []
    with as_owner():  # an older backup was brought back, and other events stand in these places now
        _none, cursor = read_on(reader)
        FeedEntry.objects.filter(pk=second.pk).update(position=second.position + 1)
    assert code(reader.get("events", cursor=cursor)) == (410, "events_anew")


def test_whoever_follows_goes_on_after_a_summer_without_events(world: World) -> None:
    """The place at which they had waited was forgotten after 31 days, and they were told to begin anew."""
    reader = program(world, "events.read")
    file_ticket(world)
    _nothing, cursor = read_on(reader)
    summer = FeedEntry.objects.get().entered_at + timedelta(days=60)
    assert events_purge(now=summer) == 0
    file_ticket(world)
    feed()
    with as_owner():
        FeedEntry.objects.filter(pk=FeedEntry.objects.latest("position").pk).update(entered_at=summer)
    assert events_purge(now=summer + timedelta(days=1)) == 0
    assert len(read_on(reader, cursor)[0]) == 1


def test_what_it_costs_does_not_grow(world: World) -> None:
    reader = program(world, "events.read")
    _nothing, cursor = read_on(reader)

    def cost() -> int:
        feed()
        with CaptureQueriesContext(connection) as asked:
            assert reader.get("events", cursor=cursor).status_code == 200
        return len(asked) - 2

    assert cost() == COSTS["nothing"]
    for _number in range(3):
        file_ticket(world, routed=True)
        assert cost() == COSTS["seen"]
    for _number in range(3):
        seal(world, file_ticket(world, routed=True))
        assert cost() == COSTS["hidden"]
    for _number in range(5):
        file_ticket(world)
    with CaptureQueriesContext(connection) as asked:
        feed()
    entering = [row["sql"] for row in asked if "integrations_" in row["sql"] or "advisory" in row["sql"]]
    assert len(entering) == 1


def test_a_change_that_is_committed_late_is_not_missed(committed_world: World) -> None:
    """It began before others and ends after them; and of two workers one gives places, and the other waits for it."""
    world = committed_world
    reader = program(world, "events.read")
    slow, quick = file_ticket(world, routed=True), file_ticket(world, routed=True)
    _nothing, cursor = read_on(reader)

    def meanwhile() -> tuple[list[dict[str, Any]], str]:
        assert world.bob.client.act(quick, "acknowledge").status_code == 200
        return read_on(reader, cursor)

    with transaction.atomic():
        assert world.ben.client.act(slow, "acknowledge").status_code == 200
        items, cursor = other_connection(meanwhile)
    assert told(items) == [("ticket.changed", "acknowledge", str(quick))]
    items, cursor = read_on(reader, cursor)
    assert told(items) == [("ticket.changed", "acknowledge", str(slow))]

    def another_worker() -> None:
        assert world.bob.client.act(quick, "comment", note="Moved.").status_code == 200
        feed()

    assert world.bob.client.act(slow, "comment", note="Moved.").status_code == 200
    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            feed()
            waiting = thread.submit(other_connection, another_worker)
            wait_for(lambda: waiting.done() or somebody_waits())
            assert not waiting.done()
        waiting.result(PATIENCE)
    items, _cursor = read_on(reader, cursor)
    assert told(items) == [("ticket.changed", "comment", str(ticket)) for ticket in (slow, quick)]


def somebody_waits() -> bool:
    """Say whether a session of this database waits for an advisory lock; the view of locks is no snapshot."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS(SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted)"
        )
        (waits,) = cursor.fetchone()
    return bool(waits)
